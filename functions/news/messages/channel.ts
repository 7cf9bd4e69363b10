import { reviewerRole } from '../../review/tasks/own-task.ts';
import type { Actor, Role } from '../../shared/actor.ts';

/** Whom a message is for: everybody of an organisation or a department, or one person. */
export type Channel = `ORGANISATION#${string}` | `DEPARTMENT#${string}` | `PERSON#${string}`;

export const channelKinds = ['organisation', 'department', 'person'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** A channel of a kind. @param id credit code, department or subject */
export function channelOf(kind: ChannelKind, id: string): Channel {
  return `${prefixes[kind]}#${id}`;
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

const prefixes = {
  organisation: 'ORGANISATION',
  department: 'DEPARTMENT',
  person: 'PERSON',
} as const satisfies Record<ChannelKind, string>;
