/**
 * Format 4: what platforms of one database share. `blobs`: archives in parts, where the database is PostgreSQL; in a SQLite store they are
 * files. `leadership`: the one row of the lease. `log_home`: whose log the pipelines' places are of; one row, or none.
 */
export const createShared = `
CREATE TABLE blobs (
  integrity TEXT NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (integrity, part)
) STRICT;
CREATE TRIGGER blobs_never_change BEFORE UPDATE ON blobs
  BEGIN SELECT RAISE(ABORT, 'a blob never changes'); END;

CREATE TABLE leadership (
  only_row INTEGER NOT NULL UNIQUE CHECK (only_row = 1),
  epoch INTEGER NOT NULL,
  holder TEXT NOT NULL,
  url TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (epoch)
) STRICT;
INSERT INTO leadership (only_row, epoch, holder, url, expires_at) VALUES (1, 0, '', '', 0);

CREATE TABLE log_home (
  only_row INTEGER NOT NULL UNIQUE CHECK (only_row = 1),
  id TEXT NOT NULL
) STRICT;
`
