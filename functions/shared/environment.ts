import * as z from 'zod';
import type { TableName } from './tables.ts';

/** The variable that names a table of the catalogue. */
export type TableVariable<N extends TableName> = `${Uppercase<N>}_TABLE`;

/** See `TableVariable`. */
export function variableOf<N extends TableName>(name: N): TableVariable<N> {
  // The type says what the two functions do.
  return `${name.toUpperCase()}_TABLE` as TableVariable<N>;
}

function tables<const N extends TableName>(...names: readonly N[]) {
  const variables = names.map((name) => [variableOf(name), z.string().min(1)]);
  // Each name has its variable.
  return Object.fromEntries(variables) as { readonly [K in N as TableVariable<K>]: z.ZodString };
}

/** `public`: webhooks go by https to the public Internet alone. `any`: to every address, by http too. */
const webhooks = { ...tables('messages'), WEBHOOK_NETWORKS: z.enum(['public', 'any']) };
/** The key of who objects. */
const objectors = { OBJECTOR_KEY_ARN: z.string().min(1) };
/** The key of the hashes that stand for personal data. */
const identity = { IDENTITY_KEY_ARN: z.string().min(1) };
/** The key of the bank accounts that awards are paid to. */
const accounts = { ACCOUNT_KEY_ARN: z.string().min(1) };
/** Departments that a login may name, as ids between commas. */
const logins = { LOGIN_DEPARTMENTS: z.string().min(1) };
const documents = { DOCUMENTS_BUCKET: z.string().min(1) };
const stateMachines = {
  REVIEW_STATE_MACHINE_ARN: z.string().min(1),
  ROUND_STATE_MACHINE_ARN: z.string().min(1),
  ORDER_STATE_MACHINE_ARN: z.string().min(1),
};

/**
 * The environment variables of each door, by its path under `functions/`.
 * The door parses its own entry once at start; the construct that deploys it takes its `environment` from the same
 * schema, so that a variable that one side forgets is a type error on the other.
 */
export const environments = {
  'api/applicant': z.object({
    ...logins,
    ...tables('applications', 'registry', 'budget', 'workflow', 'policy'),
    ...identity,
    ...accounts,
  }),
  'api/documents': z.object({ ...logins, ...tables('applications', 'policy'), ...documents }),
  'api/reconsiderations': z.object({
    ...tables('applications', 'people', 'registry', 'workflow', 'policy'),
    ...logins,
  }),
  'api/adjudicator': z.object({
    ...logins,
    ...tables('applications', 'people', 'registry', 'budget', 'workflow', 'policy'),
    ...documents,
  }),
  'api/reviewer': z.object({
    ...logins,
    ...tables('applications', 'people', 'registry', 'workflow', 'policy'),
    ...documents,
  }),
  'api/expert': z.object({ ...logins, ...tables('applications', 'people', 'policy'), ...documents }),
  'api/person': z.object({ ...tables('people'), ...logins }),
  'api/messages': z.object({ ...logins, ...webhooks }),
  'api/operator': z.object({
    ...tables('applications', 'budget', 'messages', 'people', 'workflow', 'policy'),
    ...logins,
    GUIDES_ALLOWED: z.enum(['official', 'any']),
  }),
  'api/treasury': z.object({
    ...logins,
    ...tables('applications', 'budget', 'people', 'registry', 'workflow', 'policy'),
    ...accounts,
  }),
  'api/rounds': z.object({ ...tables('budget', 'people', 'workflow', 'policy'), ...logins }),
  'api/objections': z.object({
    ...logins,
    ...tables('applications', 'budget', 'people', 'registry', 'workflow', 'policy'),
    ...documents,
    ...objectors,
  }),
  'api/registry': z.object({ ...logins, ...tables('registry', 'workflow'), ...documents }),
  'api/audit': z.object({ ...tables('applications', 'budget'), ...logins }),
  'api/register': z.object(tables('budget')),
  'api/reports': z.object({ ...tables('applications', 'policy'), ...logins }),
  'api/public': z.object(tables('applications', 'budget', 'policy')),
  'workflow/check-eligibility': z.object(tables('applications', 'registry', 'policy')),
  'workflow/request-sign-off': z.object(tables('applications', 'workflow')),
  'workflow/expire-sign-off': z.object(tables('applications', 'policy')),
  'workflow/check-correction': z.object(tables('applications')),
  'workflow/await-outcome': z.object(tables('applications', 'workflow')),
  'workflow/deduplicate': z.object(tables('applications', 'registry', 'budget', 'policy')),
  'workflow/open-notice': z.object(tables('applications', 'policy')),
  'workflow/end-notice': z.object(tables('applications', 'budget', 'registry', 'policy')),
  'workflow/record-review-failure': z.object(tables('applications')),
  'workflow/freeze-candidates': z.object(tables('budget')),
  'workflow/plan-allocation': z.object(tables('budget', 'registry')),
  'workflow/request-plan-approval': z.object(tables('budget', 'workflow')),
  'workflow/reserve-funds': z.object(tables('budget')),
  'workflow/commit-batch': z.object(tables('applications', 'budget', 'workflow')),
  'workflow/finish-round': z.object(tables('budget')),
  'workflow/fail-round': z.object(tables('budget')),
  'workflow/issue-order': z.object(tables('applications', 'budget', 'registry', 'policy')),
  'workflow/import-awards': z.object({ ...tables('registry', 'workflow'), ...documents }),
  'events/verify-document': z.object({ ...tables('applications'), ...documents }),
  'events/publish-events': z.object({ ...tables('applications'), EVENT_BUS_NAME: z.string().min(1) }),
  'events/notify': z.object(tables('messages')),
  'events/send-mail': z.object({
    ...tables('messages'),
    MAIL_FROM: z.string().min(1),
    PORTAL_URL: z.string().min(1),
  }),
  'events/remind-reviewers': z.object(tables('applications')),
  'events/remind-applicants': z.object(tables('applications', 'policy')),
  'events/screen-awards': z.object(tables('applications', 'registry', 'policy')),
  'events/index-tasks': z.object(tables('applications')),
  'events/queue-webhooks': z.object({ ...webhooks }),
  'events/deliver-webhooks': z.object({ ...webhooks }),
  'events/close-register-day': z.object(tables('budget')),
  'events/relay-outbox': z.object({ ...tables('applications', 'messages', 'workflow'), ...stateMachines }),
  'events/sweep-outbox': z.object({ ...tables('applications', 'messages', 'workflow'), ...stateMachines }),
} as const;

/** The path of a door under `functions/`, without its ending. */
export type Door = keyof typeof environments;

/** The variables of a door. */
export type Environment<D extends Door> = z.output<(typeof environments)[D]>;

/**
 * Reads the variables of a door from the process.
 * @throws Error that lists every missing variable by name.
 */
export function readEnvironment<D extends Door>(door: D): Environment<D> {
  const result = environments[door].safeParse(process.env);
  if (!result.success) {
    const missing = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new Error(`${door}: missing environment variables: ${missing}`);
  }
  // The schema was looked up by the same key, which TypeScript cannot follow through the record.
  return result.data as Environment<D>;
}
