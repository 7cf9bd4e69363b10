import type { Actor } from '../shared/actor.ts';

/** Whom a message is for: everybody of an organisation or a department, or one person. */
export type Channel = `ORGANISATION#${string}` | `DEPARTMENT#${string}` | `PERSON#${string}`;

export const channelKinds = ['organisation', 'department', 'person'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** A channel of a kind. @param id credit code, department or subject */
export function channelOf(kind: ChannelKind, id: string): Channel {
  return `${prefixes[kind]}#${id}`;
}

/** The channels that a person reads now, by their kind: what the token does not name is not theirs. */
export function channelsOf(actor: Actor): [ChannelKind, Channel][] {
  return [
    ...(actor.organisation === undefined
      ? []
      : [['organisation', channelOf('organisation', actor.organisation)] as [ChannelKind, Channel]]),
    ...(actor.department === undefined
      ? []
      : [['department', channelOf('department', actor.department)] as [ChannelKind, Channel]]),
    ['person', channelOf('person', actor.id)],
  ];
}

const prefixes = {
  organisation: 'ORGANISATION',
  department: 'DEPARTMENT',
  person: 'PERSON',
} as const satisfies Record<ChannelKind, string>;
