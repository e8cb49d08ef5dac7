// What a dump holds besides plain tables and rows: generated columns, keys of every kind, partitions, and all kinds of stored programs.

/** Further lines of a table's definition. */
export const EXTRA_DEFINITIONS: Readonly<Record<string, readonly string[]>> = {
  ticket: [
    '`created_year` smallint GENERATED ALWAYS AS (year(`created_at`)) STORED',
    '`mask_upper` char(36) GENERATED ALWAYS AS (upper(`mask`)) VIRTUAL',
    'KEY `created_year` (`created_year`,`status`)',
  ],
  invoice: [
    '`total_with_tax` decimal(16,4) GENERATED ALWAYS AS (`total` * 1.19) VIRTUAL',
    'CHECK (`total` > -9999999)',
  ],
  knowledge_article: ['FULLTEXT KEY `title` (`title`)'],
  ticket_to_tag: [
    'CONSTRAINT `tagged_ticket` FOREIGN KEY (`ticket_id`) REFERENCES `ticket` (`id`) ON DELETE CASCADE',
    'CONSTRAINT `ticket_tag` FOREIGN KEY (`tag_id`) REFERENCES `ticket_tag` (`id`)',
  ],
  attachment_link: [
    'CONSTRAINT `linked_message` FOREIGN KEY (`message_id`) REFERENCES `message` (`id`) ON DELETE CASCADE',
  ],
};

/** Table options; InnoDB and utf8mb4 everywhere. */
export const EXTRA_OPTIONS: Readonly<Record<string, string>> = {
  attachment_preview: 'ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8',
  audit_log: 'PARTITION BY HASH (`id`) PARTITIONS 4',
  contact: "COMMENT='people who write to us; it''s big'",
};

/** Made after the rows, so that triggers stay quiet while they are loaded. */
export const STORED_OBJECTS = `
CREATE SEQUENCE ticket_number START WITH 100000 INCREMENT BY 1 CACHE 100;
DO NEXTVAL(ticket_number);

CREATE VIEW open_ticket AS SELECT id, mask, subject, owner_id FROM ticket WHERE status = 'open';
CREATE VIEW open_ticket_of_worker AS
  SELECT worker.name, COUNT(open_ticket.id) AS tickets FROM worker LEFT JOIN open_ticket ON owner_id = worker.id GROUP BY worker.id;
CREATE SQL SECURITY INVOKER VIEW contact_mail AS
  SELECT contact.name, address.email FROM contact JOIN address ON address.contact_id = contact.id;
CREATE VIEW unpaid_invoice AS SELECT id, org_id, total, total_with_tax FROM invoice WHERE NOT is_paid WITH CHECK OPTION;

DELIMITER ;;
CREATE TRIGGER message_counts AFTER INSERT ON message FOR EACH ROW
BEGIN
  -- kept with the ticket: the list of tickets shows it
  UPDATE ticket SET messages = messages + 1 WHERE id = NEW.ticket_id;
END;;
CREATE TRIGGER ticket_status BEFORE UPDATE ON ticket FOR EACH ROW
BEGIN
  IF NEW.status <> OLD.status THEN
    INSERT INTO ticket_status_change (ticket_id, status, worker_id, changed_at) VALUES (OLD.id, NEW.status, 1, NOW());
  END IF;
END;;
CREATE TRIGGER ticket_updated BEFORE UPDATE ON ticket FOR EACH ROW FOLLOWS ticket_status SET NEW.updated = UNIX_TIMESTAMP();;

CREATE FUNCTION age_in_days(since DATETIME) RETURNS INT DETERMINISTIC
  COMMENT 'whole days; ''now'' is the server''s'
RETURN TIMESTAMPDIFF(DAY, since, '2026-01-01');;
CREATE PROCEDURE close_stale_tickets(IN days INT)
BEGIN
  /* a comment; with a semicolon */

  UPDATE ticket SET status = 'closed' WHERE status = 'waiting' AND age_in_days(created_at) > days;
END;;
CREATE PROCEDURE list_queue() SQL SECURITY INVOKER SELECT id, subject FROM open_ticket ORDER BY id;;

CREATE EVENT nightly_close ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 02:30:00' COMMENT 'stale' DO CALL close_stale_tickets(90);;
CREATE EVENT purge_sessions ON SCHEDULE EVERY 10 MINUTE DISABLE DO DELETE FROM worker_session WHERE refreshed < 1546300800;;
DELIMITER ;
`;
