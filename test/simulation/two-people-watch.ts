import { interestAttribute } from '../../functions/people/people-items.ts';
import { areApart } from '../../functions/people/role-rules.ts';
import { people as peopleTable, registry as registryTable } from '../../functions/shared/tables.ts';
import type { Change, MemoryStore } from './memory-store.ts';

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => Object(value);

/** Who proposed something, and who settled it. */
interface Act {
  readonly id: string;
  readonly status: string;
  readonly contentHash: string;
  readonly proposedBy: string;
  readonly decidedBy: string | undefined;
}

/** What must hold of whatever takes two people, after every write. */
export class TwoPeople {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** What does not hold any more, or undefined. */
  fault(changes: readonly Change[]): string | undefined {
    for (const change of changes) {
      // A copy that is kept for good.
      if (change.sk.startsWith(registryTable.entities.creditDecision.prefix)) continue;
      const fault = stepFault(change) ?? this.#interestFault(change) ?? listingFault(change, changes);
      if (fault !== undefined) return `${change.pk}/${change.sk}: ${fault}`;
    }
    return this.#openFault() ?? this.#grantFault(changes) ?? publicationFault(changes);
  }

  /** Who proposed a role may grant roles when it is confirmed, and nobody applies and is granted one. */
  #grantFault(changes: readonly Change[]): string | undefined {
    for (const { before, after } of changes) {
      const known = grantsOf(before);
      for (const grant of grantsOf(after)) {
        const isNew = known.some(
          ({ grantId, status }) => grantId === grant['grantId'] && status === 'proposed',
        );
        if (grant['status'] !== 'granted' || !isNew) continue;
        const own = this.#granted(`of-${String(grant['proposedBy'])}`);
        if (!own.includes('access-admin')) return `${String(grant['proposedBy'])} may grant nothing any more`;
      }
    }
    for (const item of this.#store.items('people')) {
      const applicants = item['applicants'];
      const place = { pk: String(item['pk']), sk: String(item['sk']) };
      const { identity = '' } = peopleTable.entities.identity.partsOf(place) ?? {};
      const isApplicant = Array.isArray(applicants) && applicants.length > 0;
      if (isApplicant && this.#granted(identity).length > 0) return 'an applicant has a role of officials';
    }
    return undefined;
  }

  #granted(reference: string): unknown[] {
    const { pk, sk } = peopleTable.entities.access.key({ reference });
    const grants = grantsOf(this.#store.item('people', pk, sk));
    return grants.flatMap(({ status, role }) => (status === 'granted' ? [role] : []));
  }

  /** Who decides has no interest at that moment. */
  #interestFault({ before, after }: Change): string | undefined {
    const state = fields(after?.['state']);
    const organisation = state['organisation'] ?? state['uscc'];
    const decider = fields(state['decision'])['by'];
    const isDecided = state['status'] !== fields(before?.['state'])['status'];
    if (typeof organisation !== 'string' || typeof decider !== 'string' || !isDecided) return undefined;
    const { pk, sk } = peopleTable.entities.interests.key({ person: decider });
    return this.#store.item('people', pk, sk)?.[interestAttribute(organisation)] === undefined
      ? undefined
      : `${decider} decided with an interest`;
  }

  /** An organisation applies late by one exception at a time. */
  #openFault(): string | undefined {
    const open = [...this.#store.items('applications')]
      .map((item) => fields(item['state']))
      .filter(
        (state) => state['exceptionId'] !== undefined && state['status'] === 'confirmed' && !state['used'],
      );
    return open.length > 1 ? `${open.length} exceptions stand open` : undefined;
  }
}

/** What was proposed is settled once, as it was proposed, by somebody else. */
function stepFault({ before, after }: Change): string | undefined {
  const [earlier, later] = [actsOf(before), actsOf(after)];
  for (const act of later) {
    const known = earlier.find(({ id }) => id === act.id);
    const isSettled = act.status !== 'proposed';
    if (!known) {
      if (isSettled) return `${act.status} without a proposal`;
      continue;
    }
    if (known.status === act.status) continue;
    if (known.contentHash !== act.contentHash) return 'another thing was decided on than was proposed';
    const isConfirmed = ['confirmed', 'granted'].includes(act.status);
    if (isConfirmed && act.decidedBy === act.proposedBy) return `${act.proposedBy} confirmed alone`;
    if (isConfirmed && known.status !== 'proposed') return `${known.status} became ${act.status}`;
    if (['confirmed', 'granted'].includes(known.status) && act.status === 'refused' && !isAccount(after)) {
      return `${known.status} became refused`;
    }
  }
  const lost = earlier.filter(
    ({ id, status }) => isSettledFor(status) && !later.some((act) => act.id === id),
  );
  if (lost.length > 0 && after !== undefined && !isReplaced(after)) return 'what was settled is lost';
  const version = (item: unknown) => Number(fields(fields(item)['state'])['version'] ?? 0);
  if (version(after) > 0 && version(after) !== version(before) + 1 && version(after) !== version(before)) {
    return 'a version is left out';
  }
  const granted = later.filter(({ status }) => status === 'granted');
  const roles = grantsOf(after).flatMap((grant) => (grant['status'] === 'granted' ? [grant['role']] : []));
  if (granted.length > 0 && areApart(roles as Parameters<typeof areApart>[0]))
    return 'roles that are kept apart';
  return undefined;
}

const isSettledFor = (status: string) => status === 'granted' || status === 'renewed';
const isAccount = (item: unknown) => fields(fields(item)['state'])['proposals'] !== undefined;
/** Of an account and a listing, one proposal takes the place of the one before. */
const isReplaced = (item: unknown) =>
  isAccount(item) || fields(fields(item)['state'])['comparedWith'] !== undefined;

const grantsOf = (item: unknown): Fields[] =>
  (fields(fields(item)['state'])['grants'] as Fields[] | undefined) ?? [];

function actsOf(item: unknown): Act[] {
  const state = fields(fields(item)['state']);
  const grants = grantsOf(item);
  if (grants.length > 0) {
    return grants.map((grant) => ({
      id: String(grant['grantId']),
      status: String(grant['status']),
      contentHash: String(grant['contentHash']),
      proposedBy: String(grant['proposedBy']),
      decidedBy: fields(grant['confirmed'])['by'] as string | undefined,
    }));
  }
  if (isAccount(item)) {
    const change = fields(state['change']);
    return [
      {
        ...{ id: String(change['contentHash']), contentHash: String(change['contentHash']) },
        ...{ status: String(state['status']), proposedBy: String(fields(change['account'])['by']) },
        decidedBy: fields(state['confirmation'])['by'] as string | undefined,
      },
    ];
  }
  if (typeof state['contentHash'] !== 'string' || state['proposedBy'] === undefined) return [];
  return [
    {
      ...{ id: state['contentHash'], contentHash: state['contentHash'], status: String(state['status']) },
      ...{ proposedBy: String(state['proposedBy']) },
      decidedBy: fields(state['decision'])['by'] as string | undefined,
    },
  ];
}

/** A listing follows the one that its proposal was compared with, and comes with its confirmation. */
function listingFault({ table, before, after }: Change, changes: readonly Change[]): string | undefined {
  if (table !== 'registry' || after?.['confirmedBy'] === undefined) return undefined;
  const confirmed = changes
    .map((change) => fields(change.after?.['state']))
    .find(({ status }) => status === 'confirmed');
  if (!confirmed) return 'a listing without a confirmation';
  const isCurrent = before?.['version'] !== undefined;
  if (isCurrent && Number(after['version']) !== Number(before['version']) + 1) return 'a listing is left out';
  return Number(after['version']) === Number(confirmed['comparedWith']) + 1
    ? undefined
    : 'it was compared with another';
}

/** A guide is published behind the one that it was compared with. */
function publicationFault(changes: readonly Change[]): string | undefined {
  const newest = changes.find(
    ({ table, after }) => table === 'policy' && after?.['hash'] !== undefined && !('guide' in after),
  );
  if (!newest) return undefined;
  const confirmed = changes
    .map(({ after }) => fields(after?.['state']))
    .find(({ status }) => status === 'confirmed');
  const compared = fields(confirmed?.['comparedWith'])['newest'];
  const before = newest.before?.['hash'];
  return before === undefined || before === compared
    ? undefined
    : 'a guide was published that nobody compared with';
}
