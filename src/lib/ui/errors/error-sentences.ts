import type { ErrorCode } from '#domain/error-codes.ts';
import { m } from '../messages.ts';

/** What a code says to a person: what happened, and the way out. */
export interface ErrorSentence {
  sentence: () => string;
  wayOut: () => string;
}

/** One row per code; a code without sentences, or a key without a message, does not compile. */
export const errorSentences: Record<ErrorCode, ErrorSentence> = {
  malformed: { sentence: m.error_malformed, wayOut: m.error_malformed_way },
  'too-large': { sentence: m.error_too_large, wayOut: m.error_too_large_way },
  'unsupported-version': { sentence: m.error_unsupported_version, wayOut: m.error_unsupported_version_way },
  'too-many-requests': { sentence: m.error_too_many_requests, wayOut: m.error_too_many_requests_way },
  'unknown-command': { sentence: m.error_unknown_command, wayOut: m.error_unknown_command_way },
  'not-found': { sentence: m.error_not_found, wayOut: m.error_not_found_way },
  'not-signed-in': { sentence: m.error_not_signed_in, wayOut: m.error_not_signed_in_way },
  'wrong-credentials': { sentence: m.error_wrong_credentials, wayOut: m.error_wrong_credentials_way },
  'unknown-code': { sentence: m.error_unknown_code, wayOut: m.error_unknown_code_way },
  forbidden: { sentence: m.error_forbidden, wayOut: m.error_forbidden_way },
  'wrong-origin': { sentence: m.error_wrong_origin, wayOut: m.error_wrong_origin_way },
  'ticket-invalid': { sentence: m.error_ticket_invalid, wayOut: m.error_ticket_invalid_way },
  'requests-switched-off': {
    sentence: m.error_requests_switched_off,
    wayOut: m.error_requests_switched_off_way,
  },
  'direct-call-switched-off': {
    sentence: m.error_direct_call_switched_off,
    wayOut: m.error_direct_call_switched_off_way,
  },
  'reason-missing': { sentence: m.error_reason_missing, wayOut: m.error_reason_missing_way },
  'reason-too-long': { sentence: m.error_reason_too_long, wayOut: m.error_reason_too_long_way },
  'device-missing': { sentence: m.error_device_missing, wayOut: m.error_device_missing_way },
  'ticket-unknown': { sentence: m.error_ticket_unknown, wayOut: m.error_ticket_unknown_way },
  'already-exists': { sentence: m.error_already_exists, wayOut: m.error_already_exists_way },
  stale: { sentence: m.error_stale, wayOut: m.error_stale_way },
  'illegal-transition': { sentence: m.error_illegal_transition, wayOut: m.error_illegal_transition_way },
  'not-assigned': { sentence: m.error_not_assigned, wayOut: m.error_not_assigned_way },
  'not-responsible': { sentence: m.error_not_responsible, wayOut: m.error_not_responsible_way },
  'start-reserved-for-employee': {
    sentence: m.error_start_reserved_for_employee,
    wayOut: m.error_start_reserved_for_employee_way,
  },
  'cancel-switched-off': { sentence: m.error_cancel_switched_off, wayOut: m.error_cancel_switched_off_way },
  'call-running': { sentence: m.error_call_running, wayOut: m.error_call_running_way },
  'no-call': { sentence: m.error_no_call, wayOut: m.error_no_call_way },
  'call-over': { sentence: m.error_call_over, wayOut: m.error_call_over_way },
  'call-full': { sentence: m.error_call_full, wayOut: m.error_call_full_way },
  'already-answered': { sentence: m.error_already_answered, wayOut: m.error_already_answered_way },
  'session-closed': { sentence: m.error_session_closed, wayOut: m.error_session_closed_way },
  'employee-unknown': { sentence: m.error_employee_unknown, wayOut: m.error_employee_unknown_way },
  'last-employee': { sentence: m.error_last_employee, wayOut: m.error_last_employee_way },
  'text-missing': { sentence: m.error_text_missing, wayOut: m.error_text_missing_way },
  'text-too-long': { sentence: m.error_text_too_long, wayOut: m.error_text_too_long_way },
  'service-switched-off': {
    sentence: m.error_service_switched_off,
    wayOut: m.error_service_switched_off_way,
  },
  'rating-switched-off': { sentence: m.error_rating_switched_off, wayOut: m.error_rating_switched_off_way },
  'not-completed': { sentence: m.error_not_completed, wayOut: m.error_not_completed_way },
  'already-rated': { sentence: m.error_already_rated, wayOut: m.error_already_rated_way },
  'customer-unknown': { sentence: m.error_customer_unknown, wayOut: m.error_customer_unknown_way },
  'ticket-closed': { sentence: m.error_ticket_closed, wayOut: m.error_ticket_closed_way },
  'message-unknown': { sentence: m.error_message_unknown, wayOut: m.error_message_unknown_way },
  'name-missing': { sentence: m.error_name_missing, wayOut: m.error_name_missing_way },
  'email-invalid': { sentence: m.error_email_invalid, wayOut: m.error_email_invalid_way },
  'last-administrator': { sentence: m.error_last_administrator, wayOut: m.error_last_administrator_way },
  'limit-reached': { sentence: m.error_limit_reached, wayOut: m.error_limit_reached_way },
  'support-switched-off': {
    sentence: m.error_support_switched_off,
    wayOut: m.error_support_switched_off_way,
  },
  'link-invalid': { sentence: m.error_link_invalid, wayOut: m.error_link_invalid_way },
  'password-too-short': { sentence: m.error_password_too_short, wayOut: m.error_password_too_short_way },
  'confirm-identity': { sentence: m.error_confirm_identity, wayOut: m.error_confirm_identity_way },
  'passkey-refused': { sentence: m.error_passkey_refused, wayOut: m.error_passkey_refused_way },
  'passkey-cancelled': { sentence: m.error_passkey_cancelled, wayOut: m.error_passkey_cancelled_way },
  'passkey-unavailable': { sentence: m.error_passkey_unavailable, wayOut: m.error_passkey_unavailable_way },
  'last-way-in': { sentence: m.error_last_way_in, wayOut: m.error_last_way_in_way },
  'hash-mismatch': { sentence: m.error_hash_mismatch, wayOut: m.error_hash_mismatch_way },
  'length-mismatch': { sentence: m.error_length_mismatch, wayOut: m.error_length_mismatch_way },
  'type-not-allowed': { sentence: m.error_type_not_allowed, wayOut: m.error_type_not_allowed_way },
  'type-mismatch': { sentence: m.error_type_mismatch, wayOut: m.error_type_mismatch_way },
  'picture-too-large': { sentence: m.error_picture_too_large, wayOut: m.error_picture_too_large_way },
  'item-unknown': { sentence: m.error_item_unknown, wayOut: m.error_item_unknown_way },
  'storage-full': { sentence: m.error_storage_full, wayOut: m.error_storage_full_way },
  'camera-denied': { sentence: m.error_camera_denied, wayOut: m.error_camera_denied_way },
  'camera-missing': { sentence: m.error_camera_missing, wayOut: m.error_camera_missing_way },
  'camera-busy': { sentence: m.error_camera_busy, wayOut: m.error_camera_busy_way },
  'camera-unplugged': { sentence: m.error_camera_unplugged, wayOut: m.error_camera_unplugged_way },
  'camera-ended': { sentence: m.error_camera_ended, wayOut: m.error_camera_ended_way },
  'camera-interrupted': { sentence: m.error_camera_interrupted, wayOut: m.error_camera_interrupted_way },
  'microphone-denied': { sentence: m.error_microphone_denied, wayOut: m.error_microphone_denied_way },
  'microphone-missing': { sentence: m.error_microphone_missing, wayOut: m.error_microphone_missing_way },
  'microphone-busy': { sentence: m.error_microphone_busy, wayOut: m.error_microphone_busy_way },
  'microphone-unplugged': {
    sentence: m.error_microphone_unplugged,
    wayOut: m.error_microphone_unplugged_way,
  },
  'microphone-ended': { sentence: m.error_microphone_ended, wayOut: m.error_microphone_ended_way },
  'microphone-interrupted': {
    sentence: m.error_microphone_interrupted,
    wayOut: m.error_microphone_interrupted_way,
  },
  'media-unsupported': { sentence: m.error_media_unsupported, wayOut: m.error_media_unsupported_way },
  'relay-unreachable': { sentence: m.error_relay_unreachable, wayOut: m.error_relay_unreachable_way },
  'link-failed': { sentence: m.error_link_failed, wayOut: m.error_link_failed_way },
  'not-saved-here': { sentence: m.error_not_saved_here, wayOut: m.error_not_saved_here_way },
  'open-elsewhere': { sentence: m.error_open_elsewhere, wayOut: m.error_open_elsewhere_way },
  'update-needed': { sentence: m.error_update_needed, wayOut: m.error_update_needed_way },
  internal: { sentence: m.error_internal, wayOut: m.error_internal_way },
};

/** The two sentences of a code in the language of the screen, as one text. */
export function errorText(code: ErrorCode): string {
  const row = errorSentences[code];
  return `${row.sentence()} ${row.wayOut()}`;
}
