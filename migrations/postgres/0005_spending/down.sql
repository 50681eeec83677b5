DROP TABLE spending;
ALTER TABLE messages DROP COLUMN charge, DROP COLUMN charge_day;
