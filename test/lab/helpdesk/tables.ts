// The 104 tables of the helpdesk: name, rows relative to the others, columns as `name:kind` or `name:ref:table`.
// Every table has an `id` besides.

const TABLES = `
organization 40 name:word website:mail created_at:time notes:note
contact 160 org_id:ref:organization name:person email:mail locale:word created_at:time is_banned:flag notes:note
address 200 contact_id:ref:contact email:mail is_defunct:flag updated:unix spam_ratio:ratio
contact_phone 90 contact_id:ref:contact label:word number:word
postal_address 60 contact_id:ref:contact street:latin city:latin country:word
worker 4 name:person email:mail title:word rights:rights timezone:word created_at:time
worker_role 3 name:word rights:rights is_admin:flag
worker_to_role 6 worker_id:ref:worker role_id:ref:worker_role
worker_group 3 name:word is_private:flag reply_address:mail
worker_to_group 10 worker_id:ref:worker group_id:ref:worker_group is_manager:flag
worker_preference 30 worker_id:ref:worker name:word value:note
worker_session 40 worker_id:ref:worker token:hash address:address refreshed:unix
worker_view_model 30 worker_id:ref:worker view:word model:json
worker_absence 8 worker_id:ref:worker from_date:date to_date:date
bucket 6 group_id:ref:worker_group name:word position:small
bucket_responsibility 20 bucket_id:ref:bucket worker_id:ref:worker level:small
mailbox 4 name:word host:word port:small is_enabled:flag checked:unix
mail_transport 3 name:word host:word settings:json
mail_queue 20 ticket_id:ref:ticket worker_id:ref:worker body:letter queued_at:time
mail_inbound_filter 8 name:word criteria:json position:small
mail_signature 4 name:word body:note
ticket 300 mask:uuid subject:subject status:status org_id:ref:organization owner_id:ref:worker bucket_id:ref:bucket created_at:time updated:unix importance:small spam_score:ratio messages:count
ticket_mask_forward 20 old_mask:uuid ticket_id:ref:ticket
ticket_to_contact 320 ticket_id:ref:ticket contact_id:ref:contact
ticket_link 40 from_ticket_id:ref:ticket to_ticket_id:ref:ticket reason:word
ticket_watcher 80 ticket_id:ref:ticket worker_id:ref:worker since:time
ticket_merge 12 ticket_id:ref:ticket merged_into:ref:ticket merged_at:time
ticket_time_entry 120 ticket_id:ref:ticket worker_id:ref:worker spent:duration rate:money note:note
ticket_survey 50 ticket_id:ref:ticket score:small answer:note answered_at:time
ticket_tag 10 name:word colour:word
ticket_to_tag 300 ticket_id:ref:ticket tag_id:ref:ticket_tag
ticket_deadline 70 ticket_id:ref:ticket due_at:precise is_met:flag
ticket_status_change 500 ticket_id:ref:ticket status:status worker_id:ref:worker changed_at:time
message 900 ticket_id:ref:ticket sender_id:ref:address worker_id:ref:worker is_outgoing:flag created_at:time body:letter digest:hash
message_header 700 message_id:ref:message headers:letter
message_note 120 message_id:ref:message worker_id:ref:worker body:note
message_html_cache 60 message_id:ref:message html:letter expires:unix
draft 30 ticket_id:ref:ticket worker_id:ref:worker body:letter parameters:json
snippet 20 title:subject body:letter uses:count
snippet_use 80 snippet_id:ref:snippet worker_id:ref:worker hits:count
attachment 260 name:subject type:word size:count digest:hash storage_key:uuid created:unix
attachment_link 300 attachment_id:ref:attachment message_id:ref:message
attachment_preview 60 attachment_id:ref:attachment picture:blob
storage_profile 2 name:word settings:json
storage_object 80 profile_id:ref:storage_profile storage_key:uuid size:count content:blob
comment 240 ticket_id:ref:ticket worker_id:ref:worker body:note created_at:time
custom_field 12 name:word type:word position:small options:json
custom_fieldset 4 name:word owner:word
custom_field_text 90 field_id:ref:custom_field ticket_id:ref:ticket value:note
custom_field_number 120 field_id:ref:custom_field ticket_id:ref:ticket value:count
custom_field_string 200 field_id:ref:custom_field ticket_id:ref:ticket value:subject
custom_field_date 60 field_id:ref:custom_field ticket_id:ref:ticket value:date
custom_field_money 40 field_id:ref:custom_field ticket_id:ref:ticket value:money
custom_record 20 name:subject owner_id:ref:worker data:json
knowledge_article 30 title:subject body:letter views:count updated_at:time
knowledge_category 6 name:word parent_id:ref:knowledge_category
knowledge_article_to_category 40 article_id:ref:knowledge_article category_id:ref:knowledge_category
knowledge_article_revision 60 article_id:ref:knowledge_article worker_id:ref:worker body:letter
knowledge_vote 80 article_id:ref:knowledge_article address:address is_helpful:flag
feedback 40 contact_id:ref:contact quote:note mood:small
project_board 3 name:word columns:json
project_board_column 10 board_id:ref:project_board name:word cards:json
milestone 12 board_id:ref:project_board name:subject due_on:date is_reached:flag
task 80 title:subject owner_id:ref:worker due_on:date status:status created_at:time
reminder 50 name:subject worker_id:ref:worker remind_at:precise is_closed:flag
calendar 4 name:word timezone:word
calendar_event 120 calendar_id:ref:calendar name:subject starts_at:time length:duration is_busy:flag
calendar_recurrence 12 calendar_id:ref:calendar pattern:note
call_entry 60 contact_id:ref:contact subject:subject length:duration created_at:time
opportunity 30 org_id:ref:organization name:subject amount:money closes_on:date
opportunity_change 80 opportunity_id:ref:opportunity amount:money changed_at:time
contract 14 org_id:ref:organization name:subject yearly:money starts_on:date
invoice 70 org_id:ref:organization contract_id:ref:contract total:money due_on:date is_paid:flag
invoice_item 260 invoice_id:ref:invoice label:subject quantity:small price:money
product 10 name:word price:money description:note
domain 20 org_id:ref:organization name:mail expires_on:date
server 18 org_id:ref:organization name:word address:address facts:json
server_metric 400 server_id:ref:server taken:unix load_one:ratio memory:count
asset 40 org_id:ref:organization name:subject bought_on:date price:money
bot 6 name:word owner_id:ref:worker is_disabled:flag variables:json
bot_behavior 16 bot_id:ref:bot title:subject script:letter
bot_session 30 bot_id:ref:bot state:json updated:unix
bot_schedule 10 bot_id:ref:bot runs_at:time data:json
automation 10 name:word script:letter policy:note
automation_log 120 automation_id:ref:automation level:small message:note created_at:time
webhook 4 name:word guid:uuid settings:json
webhook_delivery 100 webhook_id:ref:webhook status:small body:note delivered_at:time
notification 200 worker_id:ref:worker message:subject is_read:flag created_at:time
audit_log 800 worker_id:ref:worker action:word target:uuid details:json happened:unix
activity_log 700 worker_id:ref:worker point:word target_id:ref:ticket entry:json created:unix
login_attempt 200 worker_id:ref:worker address:address is_good:flag tried_at:time
api_credential 4 worker_id:ref:worker access_key:uuid secret:hash
oauth_token 12 worker_id:ref:worker token:blob expires:unix
saved_search 10 worker_id:ref:worker query:note
dashboard 6 worker_id:ref:worker layout:json
dashboard_widget 30 dashboard_id:ref:dashboard label:word options:json
report_snapshot 40 name:word taken_on:date numbers:json
classifier 2 name:word parameters:json
classifier_example 60 classifier_id:ref:classifier expression:subject
spam_word 300 word:mail ham:count spam:count
translation 90 locale:word string_key:subject translation:note
maintenance_job 4 name:word last_run:time settings:bits
plugin_setting 40 plugin:word setting:word value:note
patch_history 10 plugin:word revision:small run_at:time
`;

export interface TableColumn {
  readonly name: string;
  readonly kind: string;
  /** The table that a `ref` points to; empty for other kinds. */
  readonly parameter: string;
}

export interface HelpdeskTable {
  readonly name: string;
  readonly weight: number;
  readonly columns: readonly TableColumn[];
}

export const HELPDESK_TABLES: readonly HelpdeskTable[] = TABLES.trim().split('\n').map(parseTable);

function parseTable(line: string): HelpdeskTable {
  const [name = '', weight, ...columns] = line.split(' ');
  return { name, weight: Number(weight), columns: columns.map(parseColumn) };
}

function parseColumn(text: string): TableColumn {
  const [name = '', kind = '', parameter = ''] = text.split(':');
  return { name, kind, parameter };
}
