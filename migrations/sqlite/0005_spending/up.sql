-- What a message is reckoned at, in ten-thousandths of a won, and the Korean day it counts for; null where no ceiling was
-- set.
ALTER TABLE messages ADD COLUMN charge INTEGER;
ALTER TABLE messages ADD COLUMN charge_day INTEGER;

-- What the messages of a tenant come to on a day; `told` is the percentage of the ceiling that was last told;
-- `stopped` says that a message was refused.
CREATE TABLE spending (
    tenant TEXT NOT NULL,
    day INTEGER NOT NULL,
    charge INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    stopped INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, tenant)
) STRICT, WITHOUT ROWID;
