import type { Generated } from 'kysely';

/** The tables as kysely sees them. Booleans are 0 or 1, JSON is text, times are ms: what every database has. */
export interface Schema {
  meta: { key: string; value: string };
  migrations: { version: number; applied_at_ms: number };
  credentials: { employee_id: string; organization_id: string; password_hash: string };
  access_codes: { id: string; organization_id: string; device_id: string; code_hash: string };
  invitations: {
    id: string;
    organization_id: string;
    employee_id: string;
    token_hash: string;
    expires_at_ms: number;
  };
  passkeys: {
    id: string;
    organization_id: string;
    employee_id: string;
    credential_id: string;
    public_key: string;
    counter: number;
    /** JSON. */
    transports: string;
    name: string;
    created_at_ms: number;
    last_used_at_ms: number | null;
  };
  tickets: {
    id: string;
    organization_id: string;
    device_id: string;
    number: number;
    title: string;
    open: number;
  };
  code_users: { id: string; organization_id: string; device_id: string; name: string };
  guest_links: {
    id: string;
    organization_id: string;
    session_id: string;
    token_hash: string;
    session_seq: number;
    expires_at_ms: number;
  };
  guests: { id: string; organization_id: string; session_id: string; link_id: string; name: string };
  sign_ins: {
    id: string;
    token_hash: string;
    kind: string;
    person_id: string;
    code_id: string | null;
    expires_at_ms: number;
  };
  /** Tokens of sign-ins beside the present one; not retired: on offer. */
  rotated_tokens: { token_hash: string; sign_in_id: string; retired_at_ms: number | null };
  streams: {
    id: string;
    kind: string;
    organization_id: string;
    /** '' for what belongs to no device. */
    device_id: string;
    seq: number;
    /** Hash of the newest event. */
    head_hash: string;
    erased_at_ms: number | null;
    /** JSON of what stays of an erased stream. */
    summary: string | null;
    deadline_at_ms: number | null;
    call_live: number;
  };
  events: {
    position: Generated<number>;
    stream_id: string;
    seq: number;
    kind: string;
    organization_id: string;
    device_id: string;
    command_id: string | null;
    type: string;
    payload: string;
    actor: string;
    at_ms: number;
    hash: string;
  };
  commands: { command_id: string; person_id: string; stream_id: string; seq: number };
  stream_items: { kind: string; id: string; stream_id: string };
  documents: { name: string; stream_id: string; state: Uint8Array };
  blobs: {
    stream_id: string;
    item_id: string;
    sha256: string;
    bytes: number;
    media_type: string;
    file_name: string;
  };
  uploads: {
    upload_id: string;
    owner_id: string;
    sign_in_id: string;
    stream_id: string;
    item_id: string;
    sha256: string;
    bytes: number;
    media_type: string;
  };
}
