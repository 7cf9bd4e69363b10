import * as z from 'zod';

const applications = { APPLICATIONS_TABLE: z.string().min(1) };
const registry = { REGISTRY_TABLE: z.string().min(1) };
const budget = { BUDGET_TABLE: z.string().min(1) };
const workflow = { WORKFLOW_TABLE: z.string().min(1) };
/** Declared interests, delegations and memberships. */
const people = { PEOPLE_TABLE: z.string().min(1) };
/** Notifications, contacts and webhooks. */
const messages = { MESSAGES_TABLE: z.string().min(1) };
/** `public`: webhooks go by https to the public Internet alone. `any`: to every address, by http too. */
const webhooks = { ...messages, WEBHOOK_NETWORKS: z.enum(['public', 'any']) };
/** The key of who objects. */
const objectors = { OBJECTOR_KEY_ARN: z.string().min(1) };
const policy = { POLICY_TABLE: z.string().min(1) };
/** The key of the hashes that stand for personal data. */
const identity = { IDENTITY_KEY_ARN: z.string().min(1) };
/** The key of the bank accounts that awards are paid to. */
const accounts = { ACCOUNT_KEY_ARN: z.string().min(1) };
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
    ...applications,
    ...registry,
    ...budget,
    ...workflow,
    ...documents,
    ...policy,
    ...identity,
    ...accounts,
  }),
  'api/adjudicator': z.object({
    ...applications,
    ...people,
    ...registry,
    ...budget,
    ...workflow,
    ...documents,
  }),
  'api/reviewer': z.object({ ...applications, ...people, ...workflow, ...documents, ...policy }),
  'api/expert': z.object({ ...applications, ...people, ...documents, ...policy }),
  'api/person': z.object({ ...people }),
  'api/messages': z.object({ ...webhooks }),
  'api/operator': z.object({
    ...applications,
    ...budget,
    ...people,
    ...workflow,
    ...policy,
  }),
  'api/treasury': z.object({
    ...applications,
    ...budget,
    ...people,
    ...workflow,
    ...policy,
    ...accounts,
  }),
  'api/rounds': z.object({ ...budget, ...people, ...workflow, ...policy }),
  'api/objections': z.object({
    ...applications,
    ...budget,
    ...people,
    ...registry,
    ...workflow,
    ...documents,
    ...policy,
    ...objectors,
  }),
  'api/registry': z.object({ ...registry, ...workflow, ...documents }),
  'api/audit': z.object({ ...applications, ...budget }),
  'api/register': z.object({ ...budget }),
  'api/reports': z.object({ ...applications, ...policy }),
  'api/public': z.object({ ...applications, ...budget, ...policy }),
  'workflow/check-eligibility': z.object({ ...applications, ...policy }),
  'workflow/request-sign-off': z.object({ ...applications, ...workflow }),
  'workflow/expire-sign-off': z.object({ ...applications, ...policy }),
  'workflow/check-correction': z.object({ ...applications }),
  'workflow/await-outcome': z.object({ ...applications, ...workflow }),
  'workflow/deduplicate': z.object({ ...applications, ...registry, ...budget, ...policy }),
  'workflow/open-notice': z.object({ ...applications, ...policy }),
  'workflow/end-notice': z.object({ ...applications, ...budget, ...registry, ...policy }),
  'workflow/record-review-failure': z.object({ ...applications }),
  'workflow/freeze-candidates': z.object({ ...budget }),
  'workflow/plan-allocation': z.object({ ...budget }),
  'workflow/request-plan-approval': z.object({ ...budget, ...workflow }),
  'workflow/reserve-funds': z.object({ ...budget }),
  'workflow/commit-batch': z.object({ ...applications, ...budget, ...workflow }),
  'workflow/finish-round': z.object({ ...budget }),
  'workflow/fail-round': z.object({ ...budget }),
  'workflow/issue-order': z.object({ ...applications, ...budget }),
  'workflow/import-awards': z.object({ ...registry, ...workflow, ...documents }),
  'events/verify-document': z.object({ ...applications, ...documents }),
  'events/publish-events': z.object({ ...applications, EVENT_BUS_NAME: z.string().min(1) }),
  'events/notify': z.object({ ...messages }),
  'events/send-mail': z.object({ ...messages, MAIL_FROM: z.string().min(1), PORTAL_URL: z.string().min(1) }),
  'events/remind-reviewers': z.object({ ...applications }),
  'events/screen-awards': z.object({ ...applications, ...registry, ...policy }),
  'events/index-tasks': z.object({ ...applications }),
  'events/queue-webhooks': z.object({ ...webhooks }),
  'events/deliver-webhooks': z.object({ ...webhooks }),
  'events/close-register-day': z.object({ ...budget }),
  'events/relay-outbox': z.object({ ...workflow, ...stateMachines }),
  'events/sweep-outbox': z.object({ ...workflow, ...stateMachines }),
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
