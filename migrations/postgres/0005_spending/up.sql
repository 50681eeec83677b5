-- What a message is reckoned at, in ten-thousandths of a won, and the Korean day it counts for; null where no ceiling was
-- set.
ALTER TABLE messages
    ADD COLUMN charge bigint,
    ADD COLUMN charge_day integer,
    ADD CONSTRAINT messages_charge CHECK ((charge IS NULL) = (charge_day IS NULL));

-- What the messages of a tenant come to on a day; `told` is the percentage of the ceiling that was last told;
-- `stopped` says that a message was refused.
CREATE TABLE spending (
    tenant text NOT NULL,
    day integer NOT NULL,
    charge bigint NOT NULL,
    told smallint NOT NULL DEFAULT 0,
    stopped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (day, tenant)
);
