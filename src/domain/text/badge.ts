// A badge as shields.io's endpoint takes it: whoever publishes this JSON somewhere has one that says how backups are.

export interface Badge {
  readonly message: string;
  readonly color: 'brightgreen' | 'yellow' | 'red';
}

/** https://shields.io/badges/endpoint-badge, version 1 of its schema. */
export function renderBadge({ message, color }: Badge): string {
  return JSON.stringify({ schemaVersion: 1, label: 'backups', message, color });
}
