import type { Guard } from './memory-store.ts';
import type { ThemeName } from './schedule.ts';

/** What tells one written condition from another: the operation, the table, the kind of item, and its text. */
export function guardKey({ operation, table, pk, sk, part }: Guard): string {
  return `${operation} ${table} ${kindOf(pk)}/${kindOf(sk)}: ${part}`;
}

/** The first word of a key; what is no word of the program, like a date or somebody's own key, is any. */
function kindOf(key: string): string {
  const word = key.replace(/#.*$/s, '');
  return /^[A-Z-]+$/.test(word) ? word : '*';
}

/** A condition of the money's path, and what shows that it is needed. */
export interface GuardRule {
  readonly guard: string;
  /** Schedules in which its absence shows soonest. */
  readonly theme: ThemeName;
  /** Conditions that hold alone what this one holds: its absence shows when they are absent too. */
  readonly behind?: readonly string[];
  /** Why those cover it. */
  readonly because?: string;
  /** Whether it holds alone when all those are absent: it is another of them, not a part of one. */
  readonly holdsAlone?: boolean;
  /** It takes identifiers that come twice to need it; not so many of the last, which one transaction may hold. */
  readonly collidingIds?: number;
}

const round = 'Put Budget ROUND/STATE: ';
const roundLinked = `${round}state.historyHash = :hash`;
const roundUnchanged = [`${round}state.version = :version`, `${round}state.status = :status`, roundLinked];
const roundRow = 'Put Budget ROUND/HISTORY: attribute_not_exists(pk)';

const application = 'Put Applications APPLICATION/STATE: ';
const applicationVersion = `${application}state.version = :version`;
const applicationLinked = [
  `${application}state.historyHash = :hash`,
  `${application}attribute_not_exists(state.historyHash)`,
];
const applicationStatus = `${application}state.status = :status`;
const applicationRow = 'Put Applications APPLICATION/HISTORY: attribute_not_exists(pk)';
const applicationAll = [applicationVersion, ...applicationLinked, applicationStatus, applicationRow];

const pool = 'Update Budget POOL/STATE: ';
const poolVersion = `${pool}version = :read`;
const poolLinked = `${pool}ledgerHash = :hash`;
const entry = 'Put Budget POOL/ENTRY: attribute_not_exists(pk)';
const poolAll = [poolVersion, poolLinked, entry];

const fence = 'ConditionCheck Budget ROUND/STATE: ';
const [version, status, historyHash] = [
  'state.version = :version',
  'state.status = :status',
  'state.historyHash = :hash',
] as const;

const oneEach = 'every change of the aggregate raises its version, and has a row of history under it';
const without = (all: readonly string[], one: string) => all.filter((guard) => guard !== one);

/** The conditions of an aggregate of the budget table. */
function aggregate(
  kind: string,
  theme: ThemeName,
  { last, also = [] }: { readonly last: number; readonly also?: readonly string[] },
): GuardRule[] {
  const state = `Put Budget ${kind}/STATE: `;
  const [version, status] = [`${state}state.version = :version`, `${state}state.status = :status`];
  const link = `${state}state.historyHash = :hash`;
  const row = `Put Budget ${kind}/HISTORY: attribute_not_exists(pk)`;
  const all = [version, status, link, row, ...also];
  return [
    { guard: version, theme, behind: without(all, version), because: oneEach, holdsAlone: also.length === 0 },
    { guard: row, theme, behind: without(all, row), because: oneEach, holdsAlone: also.length === 0 },
    {
      guard: status,
      theme,
      behind: without(all, status),
      because: 'the status changes only with the version',
    },
    {
      guard: link,
      theme,
      behind: without(all, link),
      because: 'the newest row is another after every change',
      holdsAlone: also.length === 0,
    },
    {
      guard: `${state}attribute_not_exists(pk)`,
      theme,
      behind: [row],
      because: 'the first row of the history has its place once',
      holdsAlone: true,
      collidingIds: last,
    },
  ];
}

/** The conditions of the check that an aggregate is as a task has left it. */
function fenced(kind: string, theme: ThemeName, behind?: readonly string[], because?: string): GuardRule[] {
  const check = `ConditionCheck Budget ${kind}/STATE: `;
  const [version, status] = [`${check}state.version = :version`, `${check}state.status = :status`];
  const link = `${check}state.historyHash = :hash`;
  const covered =
    behind && because !== undefined ? { behind: [...behind, status, link], because } : undefined;
  const alike = { behind: [link, status], because: 'the newest row is another after every change' };
  return [
    { guard: version, theme, ...(covered ?? alike) },
    {
      guard: status,
      theme,
      behind: [version, link, ...(behind ?? [])],
      because: 'the status changes only with the version',
    },
    {
      guard: link,
      theme,
      behind: [version, status, ...(behind ?? [])],
      because: 'the newest row is another after every change',
    },
  ];
}

const groundsOnce = 'Put Budget INTAKE-LIMIT/GROUNDS: attribute_not_exists(pk)';
const lineRevision = 'Put Budget ORDER/LINE: line.revision = :before';
const whatTheyPay = 'whatever books it changes the application too, which only one of two can';

const afterNotice: readonly GuardRule[] = [
  ...aggregate('OBJECTION', 'objections', { last: 2 }),
  {
    guard: 'Put Budget OBJECTION-KEYS/KEY: attribute_not_exists(pk)',
    theme: 'objections',
    behind: [groundsOnce],
    because: 'the same objector brings the same grounds against an award once, under whatever key',
  },
  ...aggregate('ORDER', 'orders', { last: 1 }),
  ...fenced('ORDER', 'orders'),
  { guard: 'Put Budget ORDER/KEY: attribute_not_exists(pk)', theme: 'orders' },
  { guard: 'Put Budget ORDER/LINE: line.status = :before', theme: 'orders' },
  { guard: lineRevision, theme: 'payments' },
  ...aggregate('PAYMENT', 'payments', { last: 2 }),
  ...fenced(
    'PAYMENT',
    'payments',
    [lineRevision],
    'a payment is written only together with its line, as that was read',
  ),
  {
    guard: 'Put Budget PAYMENT/PAYMENT: attribute_not_exists(pk)',
    theme: 'payments',
    behind: [lineRevision],
    because: 'a payment is written only together with its line, as that was read',
  },
  {
    guard: 'Put Budget PAYMENT/PAYMENT: payment.revision = :before',
    theme: 'payments',
    behind: [...applicationAll, lineRevision],
    because: whatTheyPay,
  },
  {
    guard: 'Put Budget PAYMENT/RESULT: attribute_not_exists(pk)',
    theme: 'payments',
    behind: [...applicationAll, lineRevision, 'Put Budget PAYMENT/PAYMENT: payment.revision = :before'],
    because: whatTheyPay,
  },
  {
    guard: 'Put Budget PAYMENT/VERDICT: attribute_not_exists(pk)',
    theme: 'payments',
    behind: [...applicationAll, lineRevision],
    because: 'whatever is decided changes the application and its line too, which only one of two can',
  },
  ...aggregate('RESULTS', 'payments', { last: 2 }),
  { guard: 'Put Budget RESULTS/LAST: attribute_not_exists(pk)', theme: 'payments' },
  { guard: 'Put Budget RESULTS/LAST: importId = :before', theme: 'payments' },
  ...aggregate('CLAWBACK', 'payments', { last: 2, also: applicationAll }),
  { guard: 'Put Budget CLAWBACK/*: attribute_not_exists(pk)', theme: 'payments' },
  {
    guard: 'Put Budget CLAWBACK/RECEIPT: attribute_not_exists(pk)',
    theme: 'payments',
    behind: [...applicationAll],
    because: whatTheyPay,
  },
  {
    guard: 'Put Budget REGISTER/*: attribute_not_exists(pk)',
    theme: 'payments',
    behind: applicationAll,
    because: 'its key is made of the version that the application comes to',
  },
];

const accountTests = 'test/rooms/money/payments/payments.test.ts';
const intakeTests = 'test/rooms/publicity/objections/attacks.test.ts';

/** Conditions that no schedule needs, and the test that proves each. */
export const provenElsewhere: Readonly<Record<string, string>> = {
  // Nobody closes a day of the register in a schedule.
  'ConditionCheck Budget ROOT/STATE: attribute_not_exists(pk) OR closedThrough < :day':
    'test/adapters/register.test.ts',
  // Every objector in a schedule is another one, and comes once; a gate is shut by a notice's end alone.
  [groundsOnce]: intakeTests,
  'Update Budget INTAKE-LIMIT/WINDOW: attribute_not_exists(times) OR times < :most': intakeTests,
  'ConditionCheck Budget OBJECTIONS-OF/CLOSED: attribute_not_exists(pk)': intakeTests,
  // Every enterprise puts its account again at once, so that none waits for it in a schedule.
  'ConditionCheck Budget ACCOUNT-RETURN/LAST: attribute_not_exists(pk)': accountTests,
  'ConditionCheck Budget ACCOUNT-RETURN/LAST: returned.revision = :before': accountTests,
  'Put Budget ACCOUNT-RETURN/LAST: attribute_not_exists(pk)': accountTests,
  'Put Budget ACCOUNT-RETURN/LAST: returned.revision = :before': accountTests,
};

/** Every condition that the schedules meet, with what proves it. */
export const guardRules: readonly GuardRule[] = [
  // Alone: nothing else holds what they hold.
  { guard: 'Put Budget POOL/KEY: attribute_not_exists(pk)', theme: 'ledger' },
  { guard: 'Put Budget POOL/PROPOSAL: state.status = :proposed', theme: 'ledger' },
  { guard: 'Put Budget POOL/STATE: attribute_not_exists(pk)', theme: 'ledger' },
  { guard: 'Put Budget ROUND-KEYS/KEY: attribute_not_exists(pk)', theme: 'people' },
  { guard: 'ConditionCheck People PERSON/INTERESTS: attribute_not_exists(pk)', theme: 'people' },
  { guard: 'ConditionCheck People PERSON/INTERESTS: version = :version', theme: 'people' },
  { guard: 'Put People PERSON/INTEREST: attribute_not_exists(pk)', theme: 'people' },
  { guard: 'Update Budget POOL/ROUNDS: attribute_not_exists(closedAt)', theme: 'ledger' },
  {
    guard: 'Update Budget POOL/ROUNDS: attribute_not_exists(openRounds) OR openRounds = :none',
    theme: 'ledger',
  },

  // Against identifiers that come twice, which those of the program do not.
  { guard: 'Put Workflow OUTBOX/MESSAGE: attribute_not_exists(pk)', theme: 'commit', collidingIds: 4 },
  { guard: 'Put Budget POOL/PROPOSAL: attribute_not_exists(pk)', theme: 'ledger', collidingIds: 3 },
  {
    guard: `${round}attribute_not_exists(pk)`,
    theme: 'people',
    behind: [roundRow],
    because: 'the first row of the history has its place once',
    holdsAlone: true,
    collidingIds: 4,
  },

  // One of several that each hold alone: two states of an aggregate never follow the same one.
  {
    guard: `${round}state.version = :version`,
    theme: 'rivals',
    behind: [`${round}state.status = :status`, roundLinked, roundRow],
    because: oneEach,
    holdsAlone: true,
  },
  { guard: roundRow, theme: 'rivals', behind: roundUnchanged, because: oneEach, holdsAlone: true },
  {
    guard: applicationVersion,
    theme: 'messages',
    behind: without(applicationAll, applicationVersion),
    because: oneEach,
    holdsAlone: true,
  },
  {
    guard: applicationRow,
    theme: 'messages',
    behind: without(applicationAll, applicationRow),
    because: oneEach,
    holdsAlone: true,
  },
  { guard: poolVersion, theme: 'rivals', behind: [poolLinked, entry], because: oneEach, holdsAlone: true },
  {
    guard: poolLinked,
    theme: 'rivals',
    behind: [poolVersion, entry],
    because: 'the hash of the newest entry is another after every change',
    holdsAlone: true,
  },
  { guard: entry, theme: 'rivals', behind: [poolVersion, poolLinked], because: oneEach, holdsAlone: true },

  // Parts that say the same again: what they compare changes only together with the version.
  {
    guard: `${round}state.status = :status`,
    theme: 'rivals',
    behind: [`${round}state.version = :version`, roundLinked, roundRow],
    because: 'the status changes only with the version',
  },
  {
    guard: roundLinked,
    theme: 'rivals',
    behind: [`${round}state.version = :version`, `${round}state.status = :status`, roundRow],
    because: 'the newest row is another after every change',
    holdsAlone: true,
  },
  ...[version, status, historyHash].map((compared) => ({
    guard: `${fence}${compared}`,
    theme: 'planning' as const,
    behind: without([version, status, historyHash], compared).map((other) => `${fence}${other}`),
    because: 'status and newest row change only with the version',
  })),
  ...applicationLinked.map((guard) => ({
    guard,
    theme: 'messages' as const,
    behind: without(applicationAll, guard),
    because: 'the newest row is another after every change, and one that has no hash yet gets one',
  })),
  {
    guard: applicationStatus,
    theme: 'messages',
    behind: without(applicationAll, applicationStatus),
    because: 'the status changes only with the version',
  },
  {
    guard: 'Put Budget ROUND/LINE: line.status = :planned',
    theme: 'rivals',
    behind: [...roundUnchanged, roundRow],
    because: 'a line is settled only together with a change of its round',
  },
  {
    guard: 'Put Budget ROUND/LINE: line.planNumber = :plan',
    theme: 'rivals',
    behind: [...roundUnchanged, roundRow],
    because: 'another plan is made only by changes of the round',
  },
  {
    guard: 'Delete Budget POOL/CANDIDATE: attribute_exists(pk)',
    theme: 'rivals',
    behind: applicationAll,
    because: 'whoever takes a candidate out changes its application too',
  },
  ...['appropriatedFen >= :bound', 'reservedFen >= :unreserved', 'committedFen >= :uncommitted'].map(
    (part) => ({
      guard: `${pool}${part}`,
      theme: 'rivals' as const,
      behind: poolAll,
      because: 'what is written was computed, and found sound, from the version that the condition asks for',
    }),
  ),
  ...['paidFen >= :unpaid', 'paidFen <= :payable'].map((part) => ({
    guard: `${pool}${part}`,
    theme: 'rivals' as const,
    behind: poolAll,
    because: 'what is written was computed, and found sound, from the version that the condition asks for',
  })),
  ...afterNotice,
];
