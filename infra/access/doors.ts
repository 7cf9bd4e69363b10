import type { Door, Environment } from '../../functions/shared/environment.ts';
import { apiDoors } from './api-doors.ts';
import { eventDoors } from './event-doors.ts';
import type { DoorSettings } from './rights.ts';
import { workflowDoors } from './workflow-doors.ts';

/** Settings and rights of every function, so that a review sees who may do what. */
export const doors = { ...apiDoors, ...workflowDoors, ...eventDoors } as const satisfies Readonly<
  Record<Door, DoorSettings>
>;

/** Doors that an environment has: where no mails are sent, nothing sends them. */
export function doorsOf({ mail }: { readonly mail: { readonly kind: 'ses' | 'none' } }): Door[] {
  // Object.keys widens the keys of a literal record to strings.
  return (Object.keys(doors) as Door[]).filter((door) => mail.kind === 'ses' || door !== 'events/send-mail');
}

/** Every variable that some door reads. */
export type Variable = { [D in Door]: keyof Environment<D> }[Door];
