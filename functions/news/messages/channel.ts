import { reviewerRole } from '../../review/tasks/own-task.ts';
import type { Actor, Role } from '../../shared/actor.ts';
import { placeOf } from '../../shared/keys.ts';
import { messages } from '../../shared/tables.ts';

/** Whom a message is for: everybody of an organisation or a department, or one person. Its messages stand under it. */
export type Channel = string & { readonly __unit: 'channel' };

export const channelKinds = ['organisation', 'department', 'person'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** A channel of a kind. @param id credit code, department or subject */
export function channelOf(kind: ChannelKind, id: string): Channel {
  // Each kind takes the one of them that it is called after.
  const parts = { organisation: id, department: id, person: id };
  return placeOf(messages, kind, parts) as Channel;
}

/**
 * The channels that a person reads now, by their kind: what the token does not name is not theirs, and an organisation's
 * or a department's are for those who act for it. An expert has an employer too, whose applications are no news for them.
 */
export function channelsOf(actor: Actor): [ChannelKind, Channel][] {
  const { id, organisation, department, roles } = actor;
  const holds = (...wanted: readonly Role[]) => wanted.some((role) => roles.includes(role));
  const channels: [ChannelKind, Channel][] = [];
  if (organisation !== undefined && holds('preparer', 'organisation-admin')) {
    channels.push(['organisation', channelOf('organisation', organisation)]);
  }
  if (department !== undefined && holds(reviewerRole(department), 'department-lead')) {
    channels.push(['department', channelOf('department', department)]);
  }
  return [...channels, ['person', channelOf('person', id)]];
}
