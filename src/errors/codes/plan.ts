/**
 * Codes that come from comparing a row with what the bank holds.
 */
import { defineCodes } from "./code-entry.ts";

export const PLAN_CODES = defineCodes({
  account_not_found: {
    meaning: "The bank has no account with that id.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct the account_id.",
  },
  lookup_ambiguous: {
    meaning: "The bank has more than one account with that client_account_id.",
    fixedBy: "bank",
    retryHelps: false,
    todo: "Ask the bank which account is meant, and give its account_id.",
  },
  lookup_unproven: {
    meaning: "The bank's look-up has not yet found any account in this run, so a new account might be a duplicate.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Give account_id; or, if the bank has none of these accounts, set creates as the message says.",
    heldUntil: "lifted",
  },
  key_near_known: {
    meaning: "The row would create an account whose client_account_id is nearly the same as a known one.",
    fixedBy: "operator",
    retryHelps: true,
    todo: 'Correct the id; or, if they are two accounts, type tieout rerun … --only held --accept key_near_known --reason "…".',
    heldUntil: "accepted",
  },
  create_not_allowed: {
    meaning: "The bank has no such account, and the job does not create accounts.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Set creates in the job if it should create accounts.",
    heldUntil: "lifted",
  },
  capability_removal: {
    meaning: "The bank has a capability that the row's list lacks, and a capability cannot be removed.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Add the capability to the list, or ask the bank.",
  },
  holder_type_differs: {
    meaning: "The bank has another account_holder_type, and no call can change it.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct the row, or ask the bank.",
  },
  client_account_id_differs: {
    meaning: "The bank has another client_account_id for this account, and no call can change it.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct the row's ids.",
  },
  currency_differs: {
    meaning: "The bank has another currency for the account, in which amounts would mean other money.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct currency in the row, or give every amount of the account in the new one.",
  },
  status_reason_differs: {
    meaning: "The bank has another status reason, and no call can change the reason alone.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct the row, or ask the bank.",
  },
  account_closed: {
    meaning: "The account is closed, so it cannot be changed.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Set correction to true in the row if closing the account was an error.",
  },
  document_not_resendable: {
    meaning: "The bank has a document that cannot be sent back, and a change of documents must send all of them.",
    fixedBy: "bank",
    retryHelps: false,
    todo: "Ask the bank to correct that document.",
  },
  value_not_resendable: {
    meaning: "The bank has a value that cannot be sent back exactly, and this change would have to send it.",
    fixedBy: "bank",
    retryHelps: false,
    todo: "Ask the bank to correct that value; a metadata value can also be given in the row.",
  },
  last_holder: {
    meaning: "Removing the relationship would leave the account without one that it must have.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Name at least one entity in the list.",
  },
  relationships_full: {
    meaning: "With these entities, the account would have more of one relationship than the bank allows.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Name fewer entities, or remove some first. Where rows list all entities of an account, removeRelationships in the job removes the others.",
  },
  application_missing: {
    meaning: "credit_with_underwriting needs an application, and neither the row nor the account has one.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Fill in application_id.",
  },
  credit_missing: {
    meaning: "credit_with_underwriting needs credit details, and neither the row nor the account has any.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Fill in the credit columns.",
  },
  application_not_found: {
    meaning: "The bank has no application with that id.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct the application_id.",
  },
  application_not_approved: {
    meaning: "The application is not approved, and credit_with_underwriting needs one that is.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Have the application approved at the bank, then run the row again.",
  },
  application_holder_type_differs: {
    meaning: "The application is for another account_holder_type than the account.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Name the application that belongs to the account.",
  },
  application_holder_differs: {
    meaning: "The application shares no account holder with the account.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Name the application that belongs to the account.",
  },
  own_id_not_found: {
    meaning: "The bank has no customer, or no application, with the id that the program gave.",
    fixedBy: "file",
    retryHelps: true,
    todo: "Correct the id, or create the customer or application at the bank, then run the row again.",
  },
  own_id_of_another: {
    meaning:
      "The bank's look-up by an id of the program's answered with a customer or application that has another one.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Give the bank's own id in the row, or ask the bank about the look-up; then run the row again.",
  },
  own_id_ambiguous: {
    meaning: "The bank has more than one customer, or application, with the id that the program gave.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Give the bank's own id in the row, or ask the bank which one is meant; then run the row again.",
  },
  own_id_twice: {
    meaning: "One list names the same customer by two ids.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Remove one of the two ids.",
  },
  own_id_unproven: {
    meaning:
      "The bank's look-up by the program's ids has not yet found any known customer or application, so that it finds none says nothing.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Give the bank's own id in the row, or run the held rows again once the look-up finds another one.",
    heldUntil: "lifted",
  },
  entity_not_found: {
    meaning: "The bank has no entity with that id.",
    fixedBy: "file",
    retryHelps: true,
    todo: "Correct the id, or create the entity at the bank, then run the row again.",
  },
  entity_type_unfit: {
    meaning: "The entity has a type that is not allowed in its list.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Name an individual among signers and users.",
  },
  entity_role_inactive: {
    meaning: "The entity is not active in the role that it is used in.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Have the role activated at the bank, then run the row again.",
  },
  holders_mixed: {
    meaning: "The holders would be individuals and businesses together, and no account can have both.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Name holders of one kind.",
  },
  account_of_user_missing: {
    meaning:
      "A row of the Authorized Users file is for an account that the bank does not have; such a row creates none.",
    fixedBy: "file",
    retryHelps: true,
    todo: "Correct account_id, which is the program's own id here; or create the account first, then run the row again.",
  },
  superseded: {
    meaning: "Later rows of the same file give all of this row's values.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "Nothing to do.",
  },
  effective_at_ahead: {
    meaning: "The row's effective_at is more than ten years ahead, which is hardly meant.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Give the time at which the account was looked at, or leave the cell empty.",
  },
  stale: {
    meaning:
      "A row with a later effective_at, or another one with the same, has been applied to this account or to this user of it.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Export the row with its current effective_at.",
  },
  superseded_by_run: {
    meaning: "A later run has applied this account, or has read a later version of the row's file.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "Nothing to do; export the account again if it still differs.",
  },
  extra_relationship: {
    meaning: "The bank has a relationship that the row does not name; it was not removed.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "Set removeRelationships in the job to remove such relationships.",
  },
  client_account_id_absent: {
    meaning: "The bank has no client_account_id for this account, and no call sets one; the rest was done.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "Ask the bank if the id matters.",
  },
  bank_keeps_other: {
    meaning:
      "The bank keeps a text or a date and time in its own form: other blanks, letter case, Unicode form or precision.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "Nothing to do; it is not sent again while the row and the bank stay the same.",
  },
  bank_kept_different: {
    meaning: "The bank accepted the call, but keeps another value than was sent, so it is not sent again.",
    fixedBy: "bank",
    retryHelps: false,
    todo: "Ask the bank why; the row is sent again when its cell or the bank's value changes.",
  },
});
