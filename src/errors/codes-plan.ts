/**
 * Codes that come from comparing a row with what the bank holds.
 */
import { defineCodes } from "./code.ts";

export const PLAN_CODES = defineCodes({
  account_not_found: {
    meaning: "The bank has no account of that id.",
    mends: "file",
    retryHelps: false,
    todo: "Correct the account_id.",
  },
  lookup_ambiguous: {
    meaning: "The bank has more than one account of that client_account_id.",
    mends: "bank",
    retryHelps: false,
    todo: "Settle with the bank which one it is, and give its account_id.",
  },
  lookup_unproven: {
    meaning: "The bank's look-up has not shown in this run that it can find an account, so none might be a second one.",
    mends: "operator",
    retryHelps: true,
    todo: "Give account_id; or, if the bank has none of these accounts, set creates as the message says.",
  },
  key_near_known: {
    meaning: "The row would make an account whose client_account_id is nearly that of a known one.",
    mends: "operator",
    retryHelps: true,
    todo: 'Correct the id; or, if they are two accounts, tieout rerun … --only held --accept key_near_known --reason "…".',
    mayBeAccepted: true,
  },
  create_not_allowed: {
    meaning: "The bank has no such account, and the job makes none.",
    mends: "operator",
    retryHelps: false,
    todo: "Set creates in the job if it is to make accounts.",
  },
  capability_removal: {
    meaning: "The bank has a capability that the row's list lacks, and a capability cannot be removed.",
    mends: "file",
    retryHelps: false,
    todo: "Add the capability to the list, or ask the bank.",
  },
  holder_type_differs: {
    meaning: "The bank has another account_holder_type, which no call can change.",
    mends: "file",
    retryHelps: false,
    todo: "Correct the row, or ask the bank.",
  },
  client_account_id_differs: {
    meaning: "The bank has another client_account_id for this account, which no call can change.",
    mends: "file",
    retryHelps: false,
    todo: "Correct the row's ids.",
  },
  status_reason_differs: {
    meaning: "The bank has another reason for an account that stays as it is, and no call changes only the reason.",
    mends: "file",
    retryHelps: false,
    todo: "Correct the row, or ask the bank.",
  },
  account_closed: {
    meaning: "The account is closed, so it takes no change.",
    mends: "file",
    retryHelps: false,
    todo: "Set correction to true on the row if the closing was an error.",
  },
  document_not_resendable: {
    meaning: "The bank has a document that cannot be sent back, and a change of documents must send them all.",
    mends: "bank",
    retryHelps: false,
    todo: "Ask the bank to correct that document.",
  },
  value_not_resendable: {
    meaning: "The bank holds a value that cannot be sent back exactly as it is, and this change would have to send it.",
    mends: "bank",
    retryHelps: false,
    todo: "Ask the bank to correct that value; one of the metadata can also be given in the row.",
  },
  last_holder: {
    meaning: "Removing the relationship would leave the account without the one it must have.",
    mends: "file",
    retryHelps: false,
    todo: "Name at least one in the list.",
  },
  relationships_full: {
    meaning: "With the entities to add the account would have more of one relationship than the bank allows.",
    mends: "file",
    retryHelps: false,
    todo: "Name fewer, or set removeRelationships in the job so that others make room.",
  },
  application_missing: {
    meaning: "credit_with_underwriting needs an application, and neither the row nor the account has one.",
    mends: "file",
    retryHelps: false,
    todo: "Fill in application_id.",
  },
  credit_missing: {
    meaning: "credit_with_underwriting needs credit details, and neither the row nor the account has any.",
    mends: "file",
    retryHelps: false,
    todo: "Fill in the credit columns.",
  },
  application_not_found: {
    meaning: "The bank has no application of that id.",
    mends: "file",
    retryHelps: false,
    todo: "Correct the application_id.",
  },
  application_not_approved: {
    meaning: "The application is not approved, and credit_with_underwriting needs one that is.",
    mends: "bank",
    retryHelps: true,
    todo: "Settle the application with the bank, then run the row again.",
  },
  application_holder_type_differs: {
    meaning: "The application is for another account_holder_type than the account.",
    mends: "file",
    retryHelps: false,
    todo: "Name the application that belongs to the account.",
  },
  application_holder_differs: {
    meaning: "The application shares no account holder with the account.",
    mends: "file",
    retryHelps: false,
    todo: "Name the application that belongs to the account.",
  },
  entity_not_found: {
    meaning: "The bank has no entity of that id.",
    mends: "file",
    retryHelps: true,
    todo: "Correct the id, or create the entity at the bank, then run the row again.",
  },
  entity_type_unfit: {
    meaning: "The entity is of a type that its list does not take.",
    mends: "file",
    retryHelps: false,
    todo: "Name an individual among signers and users.",
  },
  entity_role_inactive: {
    meaning: "The entity is not active in the role that it is used in.",
    mends: "bank",
    retryHelps: true,
    todo: "Have the role activated at the bank, then run the row again.",
  },
  holders_mixed: {
    meaning: "The holders would be individuals and businesses at once, which no account can have.",
    mends: "file",
    retryHelps: false,
    todo: "Name holders of one kind.",
  },
  superseded: {
    meaning: "Later rows of the same file give all of this row's values.",
    mends: "nobody",
    retryHelps: false,
    todo: "Nothing to do.",
  },
  stale: {
    meaning: "A row with the same or a later effective_at has already been applied to this account.",
    mends: "file",
    retryHelps: false,
    todo: "Export the row with its present effective_at.",
  },
  superseded_by_run: {
    meaning: "A later run has applied this account.",
    mends: "nobody",
    retryHelps: false,
    todo: "Nothing to do; export the account anew if it still differs.",
  },
  extra_relationship: {
    meaning: "The bank has a relationship that the row does not name; it was left.",
    mends: "nobody",
    retryHelps: false,
    todo: "Set removeRelationships in the job to remove such relationships.",
  },
  client_account_id_absent: {
    meaning: "The bank has no client_account_id for this account, and no call sets one; the rest was done.",
    mends: "nobody",
    retryHelps: false,
    todo: "Ask the bank if the id matters.",
  },
  bank_keeps_other: {
    meaning:
      "The bank keeps a text or an instant in a form of its own: other blanks, letter case, Unicode form or precision.",
    mends: "nobody",
    retryHelps: false,
    todo: "Nothing to do; it is not sent again as long as the row and the bank stay as they are.",
  },
  bank_kept_different: {
    meaning: "The bank took the call and keeps another value than it was sent, so it is not sent again.",
    mends: "bank",
    retryHelps: false,
    todo: "Ask the bank why; the row is sent again once its cell or the bank's value changes.",
  },
});
