import * as z from 'zod';
import { DomainError } from '../shared/errors.ts';
import type { Key } from '../shared/keys.ts';
import { InstantSchema } from '../shared/schemas.ts';
import type { Table } from '../shared/table.ts';
import { people } from '../shared/tables.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import {
  type DepartmentId,
  KnownOrganisationSchema,
  type OrganisationCode,
  worded,
} from '../shared/vocabulary.ts';
import { type Delegation, DelegationSchema, isInForce } from './delegation.ts';
import type { InterestKind } from './interest-kinds.ts';
import { interestAttribute, interestPrefix, unchanged } from './people-items.ts';

/** An interest in an organisation, as it stands. */
const InterestSchema = z.object({
  kind: worded<InterestKind>(z.string().min(1)),
  at: InstantSchema,
  note: z.string().optional(),
});
export type Interest = z.output<typeof InterestSchema>;

/** Every interest of a person, by the organisation's credit code. The version rises with every change; 0 before the first. */
export interface Interests {
  readonly version: number;
  readonly organisations: Readonly<Record<string, Interest>>;
}

/** What a person has handed over now or later. The version is 0 before the first time. */
export interface GivenDelegations {
  readonly version: number;
  readonly delegations: readonly Delegation[];
}

/** A declaration or the end of one, kept for good. */
const InterestRowSchema = z.object({
  event: z.enum(['declared', 'ended']),
  organisation: KnownOrganisationSchema,
  by: z.string(),
  at: InstantSchema,
  interest: InterestSchema,
  reason: z.string().optional(),
});
export type InterestRow = z.output<typeof InterestRowSchema>;

const VersionSchema = z.object({ version: z.int().min(1) });
const GivenSchema = VersionSchema.extend({ delegations: z.array(DelegationSchema) });

const { interests, interestRow, given, delegationRow, standIn, member } = people.entities;

/**
 * What the system knows of the people who decide, by the subjects of their tokens: interests, memberships of
 * departments and delegations, in DynamoDB. Each interest is an attribute of one item for each person, `of:<code>`: a
 * decision checks it with one condition in its own transaction, and a declaration needs no look before it writes.
 */
export class PeopleStore {
  readonly #table: Table<'people'>;
  /** Memberships that are known to be kept; there are as many as a function sees people. */
  readonly #seen = new Set<string>();

  constructor(table: Table<'people'>) {
    this.#table = table;
  }

  /** A person's interests, read consistently. */
  async interests(person: string): Promise<Interests> {
    const item = await this.#table.get(interests.key({ person }));
    if (!item) return { version: 0, organisations: {} };
    const declared = Object.entries(item).filter(([attribute]) => attribute.startsWith(interestPrefix));
    return {
      version: VersionSchema.parse(item).version,
      organisations: Object.fromEntries(
        declared.map(([attribute, interest]) => [
          attribute.slice(interestPrefix.length),
          InterestSchema.parse(interest),
        ]),
      ),
    };
  }

  /**
   * The check that a person has no interest in an organisation, or in those that it continues: one check for all of
   * them, since a transaction may touch an item once. It fails with `conflict-of-interest`.
   */
  noInterest(
    person: string,
    ...organisations: readonly [OrganisationCode, ...OrganisationCode[]]
  ): GuardedWrite {
    const names = organisations.map((organisation, index) => [
      `#of${index}`,
      interestAttribute(organisation),
    ]);
    return this.#table.check(interests.key({ person }), {
      when: names.map(([name]) => `attribute_not_exists(${name})`).join(' AND '),
      names: Object.fromEntries(names),
      otherwise: () => new DomainError('conflict-of-interest'),
    });
  }

  /** The check that a person's interests are as they were read. It fails with `concurrent-change`. */
  interestsUnchanged(person: string, version: number): GuardedWrite {
    return this.#table.check(interests.key({ person }), unchanged(version));
  }

  /**
   * The write that declares an interest; one that is declared already stays as it is. Whoever declares by it alone
   * keeps its own record of who, when and why: `declarationRow` makes one.
   */
  declare(person: string, organisation: OrganisationCode, interest: Interest): GuardedWrite {
    return this.#table.update(interests.key({ person }), {
      set: 'SET #of = if_not_exists(#of, :interest), #version = if_not_exists(#version, :none) + :one',
      names: { '#of': interestAttribute(organisation), '#version': 'version' },
      values: { ':interest': interest, ':none': 0, ':one': 1 },
    });
  }

  /** The write that records a declaration for good. */
  declarationRow(person: string, organisation: OrganisationCode, interest: Interest): GuardedWrite {
    return this.#interestRow(person, {
      event: 'declared',
      organisation,
      by: person,
      at: interest.at,
      interest,
    });
  }

  /** The writes that end an interest as it was read, and record who ended it and why. */
  endInterest(
    person: string,
    version: number,
    ending: Pick<InterestRow, 'organisation' | 'by' | 'at' | 'interest'> & { readonly reason: string },
  ): GuardedWrite[] {
    return [
      this.#table.update(interests.key({ person }), {
        set: 'SET #version = #version + :one REMOVE #of',
        when: '#version = :version',
        names: { '#of': interestAttribute(ending.organisation), '#version': 'version' },
        values: { ':one': 1, ':version': version },
      }),
      this.#interestRow(person, { event: 'ended', ...ending }),
    ];
  }

  /** Every declaration of a person and every end of one, by organisation and time. */
  async interestRows(person: string): Promise<InterestRow[]> {
    const items = await this.#table.all(interestRow.of({ person }));
    return items.map((item) => InterestRowSchema.parse(item['row']));
  }

  /** Remembers that a person was seen as a member of a department; repeated, it does nothing. */
  async seeMember(department: DepartmentId, person: string): Promise<void> {
    const key = member.key({ department, person });
    const known = JSON.stringify(key);
    if (this.#seen.has(known)) return;
    await this.#table.tryWrite(this.#table.putNew(key, { person }));
    this.#seen.add(known);
  }

  /** Whether a person was seen as a member of a department. */
  async isMember(department: DepartmentId, person: string): Promise<boolean> {
    return (await this.#table.get(member.key({ department, person }))) !== undefined;
  }

  /** Everybody who was seen as a member of a department, in the order of their ids. */
  async members(department: DepartmentId): Promise<string[]> {
    const items = await this.#table.all(member.of({ department }));
    return items.map((item) => z.string().parse(item['person']));
  }

  /**
   * Whether somebody stands in for an absent colleague of the department at an instant: the check, for the transaction
   * of what is done in that place, that it is still so; undefined when it is not so. It is not handed on. The check
   * fails with `concurrent-change`.
   */
  async standsInFor(
    person: string,
    absentee: string,
    department: DepartmentId,
    at: Date,
  ): Promise<GuardedWrite | undefined> {
    const { version, delegations } = await this.given(absentee);
    const stands = delegations.some(
      (delegation) =>
        delegation.to === person && delegation.department === department && isInForce(delegation, at),
    );
    if (!stands) return undefined;
    return this.#table.check(given.key({ person: absentee }), unchanged(version));
  }

  /** What a person has handed over, read consistently; past delegations may be among them. */
  async given(absentee: string): Promise<GivenDelegations> {
    const item = await this.#table.get(given.key({ person: absentee }));
    return item ? GivenSchema.parse(item) : { version: 0, delegations: [] };
  }

  /** What has been handed over to a person, and ends on a day or after it. */
  async received(person: string, today: string): Promise<Delegation[]> {
    const from = standIn.sk({ until: today, delegationId: '' });
    // Above every character that the keys have.
    const to = `${standIn.prefix}\u{10ffff}`;
    const items = await this.#table.all(standIn.of({ person }, { from, to }));
    return items.map((item) => DelegationSchema.parse(item['delegation']));
  }

  /** The writes that hand over, on condition that what the absentee has handed over is as it was read. */
  delegation(before: GivenDelegations, delegation: Delegation): GuardedWrite[] {
    // Those that are over are of no more use here; their rows stay.
    const current = before.delegations.filter(({ until }) => until >= delegation.at.slice(0, 10));
    return [
      this.#givenItem(delegation.absentee, before.version, [...current, delegation]),
      this.#table.putNew(standInKey(delegation), { delegation }),
      this.#delegationRow(delegation, 'given', delegation.at),
    ];
  }

  /** The writes that end a delegation before its time, on the same condition. */
  endDelegation(before: GivenDelegations, delegation: Delegation, at: string): GuardedWrite[] {
    const others = before.delegations.filter(({ delegationId }) => delegationId !== delegation.delegationId);
    return [
      this.#givenItem(delegation.absentee, before.version, others),
      this.#table.remove(standInKey(delegation)),
      this.#delegationRow(delegation, 'ended', at),
    ];
  }

  /** Writes all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }

  #givenItem(absentee: string, version: number, delegations: readonly Delegation[]): GuardedWrite {
    const key = given.key({ person: absentee });
    return this.#table.put(key, { version: version + 1, delegations }, unchanged(version));
  }

  #delegationRow(delegation: Delegation, event: 'given' | 'ended', at: string): GuardedWrite {
    const { absentee, delegationId } = delegation;
    const row = { event, by: absentee, at, delegation };
    return this.#table.putNew(delegationRow.key({ person: absentee, delegationId, event }), { row });
  }

  #interestRow(person: string, row: InterestRow): GuardedWrite {
    return this.#table.putNew(interestRow.key({ person, ...row }), { row });
  }
}

/** Of a delegation for who stands in, by its last day, so that what is over is not read. */
function standInKey({ to, until, delegationId }: Delegation): Key<'people'> {
  return standIn.key({ person: to, until, delegationId });
}
