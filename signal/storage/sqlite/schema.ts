import type { Generated } from 'kysely';

/** The tables as kysely sees them. Booleans are 0 or 1, JSON is text, times are ms: what every database has. */
export interface Schema {
  meta: { key: string; value: string };
  migrations: { version: number; applied_at_ms: number };
  organizations: { id: string; name: string; settings: string };
  employees: {
    id: string;
    organization_id: string;
    name: string;
    email: string;
    password_hash: string;
    role: string;
    responsible_all: number;
    rights_revision: number;
  };
  devices: {
    id: string;
    organization_id: string;
    name: string;
    location: string;
    code_hash: string;
    code_enabled: number;
  };
  responsibilities: { employee_id: string; device_id: string };
  tickets: {
    id: string;
    organization_id: string;
    device_id: string;
    number: number;
    title: string;
    open: number;
  };
  code_users: { id: string; organization_id: string; device_id: string; name: string };
  sign_ins: { id: string; token_hash: string; kind: string; person_id: string; expires_at_ms: number };
  sessions: {
    id: string;
    organization_id: string;
    device_id: string;
    seq: number;
    deadline_at_ms: number | null;
    call_live: number;
  };
  events: {
    position: Generated<number>;
    stream_id: string;
    seq: number;
    organization_id: string;
    device_id: string;
    command_id: string | null;
    type: string;
    payload: string;
    actor: string;
    at_ms: number;
  };
  commands: { command_id: string; person_id: string; stream_id: string; seq: number };
  session_items: { kind: string; id: string; stream_id: string };
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
