DROP TABLE spending;
ALTER TABLE messages DROP COLUMN charge;
ALTER TABLE messages DROP COLUMN charge_day;
