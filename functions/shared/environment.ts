import * as z from 'zod';
import { signingAlgorithms } from './signing.ts';
import type { TableName } from './tables.ts';

/** The variable that names a table of the catalogue. */
export type TableVariable<N extends TableName> = `${Uppercase<N>}_TABLE`;

/** See `TableVariable`. */
export function variableOf<N extends TableName>(name: N): TableVariable<N> {
  // The type says what the two functions do.
  return `${name.toUpperCase()}_TABLE` as TableVariable<N>;
}

/** One for all: each that is made takes its time at every cold start. */
const text = z.string().min(1);

function tables<const N extends TableName>(...names: readonly N[]) {
  const variables = names.map((name) => [variableOf(name), text]);
  // Each name has its variable.
  return Object.fromEntries(variables) as { readonly [K in N as TableVariable<K>]: z.ZodString };
}

/** `public`: webhooks go by https to the public Internet alone. `any`: to every address, by http too. */
const webhooks = { ...tables('messages'), WEBHOOK_NETWORKS: z.enum(['public', 'any']) };
/** The key of who objects. */
const objectors = { OBJECTOR_KEY_ARN: text };
/** The key of the hashes that stand for personal data. */
const identity = { IDENTITY_KEY_ARN: text };
/** The key of the hashes that stand for whoever brings up an objection, and for where it comes from. */
const contacts = { CONTACT_KEY_ARN: text };
/** The key of the bank accounts that awards are paid to. */
const accounts = { ACCOUNT_KEY_ARN: text };
/**
 * Who logs in: departments that may be named, as ids between commas, the claim that tells a person, and what is asked of
 * logins that matter most (see `loginStrength`).
 */
const logins = {
  ...tables('people'),
  ...identity,
  LOGIN_DEPARTMENTS: text,
  LOGIN_PERSON_CLAIM: text,
  /** Two logins between a comma that have `access-admin` without a grant; empty once there are people with one. */
  LOGIN_INITIAL_ADMINS: z.string(),
  LOGIN_STRENGTH: z.string().regex(/^(none|(acr|amr)( \S+)+)$/),
};
/** The key that payment files are signed with, and the bank's own; see `authenticate`. */
const bank = {
  PAYMENT_KEY_ARN: text,
  PAYMENT_SIGNING: z.enum(signingAlgorithms),
  BANK_KEY: text,
};
const documents = { DOCUMENTS_BUCKET: text };
const stateMachines = {
  REVIEW_STATE_MACHINE_ARN: text,
  ROUND_STATE_MACHINE_ARN: text,
  ORDER_STATE_MACHINE_ARN: text,
};

/**
 * The environment variables of each door, by its path under `functions/`.
 * The door parses its own entry once at start; the construct that deploys it takes its `environment` from the same
 * schema, so that a variable that one side forgets is a type error on the other.
 */
export const environments = {
  'api/applicant': {
    ...logins,
    ...tables('applications', 'registry', 'budget', 'workflow', 'policy'),
    ...identity,
    ...accounts,
  },
  'api/documents': { ...logins, ...tables('applications', 'policy'), ...documents },
  'api/dossiers': { ...logins, ...tables('applications', 'reads'), ...documents },
  'api/reconsiderations': {
    ...tables('applications', 'people', 'registry', 'workflow', 'policy'),
    ...logins,
  },
  'api/adjudicator': {
    ...logins,
    ...tables('applications', 'people', 'registry', 'budget', 'workflow', 'reads', 'policy'),
    ...documents,
  },
  'api/reviewer': {
    ...logins,
    ...tables('applications', 'budget', 'people', 'registry', 'workflow', 'reads', 'policy'),
    ...documents,
  },
  'api/expert': { ...logins, ...tables('applications', 'people', 'reads', 'policy'), ...documents },
  'api/person': { ...tables('people', 'reads'), ...logins },
  'api/messages': { ...logins, ...webhooks },
  'api/operator': {
    ...tables('applications', 'budget', 'messages', 'people', 'workflow', 'policy'),
    ...logins,
    GUIDES_ALLOWED: z.enum(['official', 'any']),
  },
  'api/treasury': {
    ...logins,
    ...tables('applications', 'budget', 'people', 'registry', 'workflow', 'reads', 'policy'),
    ...accounts,
    ...bank,
  },
  'api/rounds': { ...tables('budget', 'people', 'workflow', 'policy'), ...logins },
  'api/objections': {
    ...logins,
    ...tables('applications', 'budget', 'people', 'registry', 'workflow', 'reads', 'policy'),
    ...documents,
    ...objectors,
  },
  /** `MAIL_FROM` is empty where nothing sends mails: then their codes go to the bus, as those for phones do. */
  'api/intake': {
    ...logins,
    ...tables('applications', 'budget', 'policy'),
    ...documents,
    ...objectors,
    ...contacts,
    EVENT_BUS_NAME: text,
    MAIL_FROM: z.string(),
  },
  'api/registry': { ...logins, ...tables('registry', 'workflow') },
  'api/imports': { ...logins, ...tables('registry'), ...documents },
  'api/audit': { ...tables('applications', 'budget', 'registry', 'reads'), ...logins },
  'api/access': { ...logins, ...tables('reads'), GRANT_DAYS: z.string().regex(/^\d+$/) },
  'api/register': tables('budget'),
  'api/reports': { ...tables('applications', 'policy'), ...logins },
  'api/public': tables('applications', 'budget', 'policy'),
  'api/portal': {
    OIDC_ISSUER: text,
    /** Client id and scope that the portal asks the issuer with, and what its pages end with; JSON. */
    PORTAL_SETTINGS: text,
    /** Where files are uploaded to and opened from. */
    UPLOADS_URL: text,
    /** The SDK's own variable: another address of S3, which counts in its place. */
    AWS_ENDPOINT_URL_S3: text.optional(),
  },
  'workflow/check-eligibility': tables('applications', 'registry', 'policy'),
  'workflow/request-sign-off': tables('applications', 'workflow'),
  'workflow/expire-sign-off': tables('applications', 'policy'),
  'workflow/check-correction': tables('applications'),
  'workflow/await-outcome': tables('applications', 'budget', 'workflow'),
  'workflow/deduplicate': tables('applications', 'registry', 'budget', 'policy'),
  'workflow/open-notice': tables('applications', 'policy'),
  'workflow/end-notice': tables('applications', 'budget', 'registry', 'policy'),
  'workflow/record-review-failure': tables('applications'),
  'workflow/freeze-candidates': tables('budget'),
  'workflow/plan-allocation': tables('budget', 'registry'),
  'workflow/request-plan-approval': tables('budget', 'workflow'),
  'workflow/reserve-funds': tables('budget'),
  'workflow/commit-batch': tables('applications', 'budget', 'workflow'),
  'workflow/finish-round': tables('budget'),
  'workflow/fail-round': tables('budget'),
  'workflow/issue-order': tables('applications', 'budget', 'registry', 'policy'),
  'workflow/import-awards': { ...tables('registry', 'workflow'), ...documents },
  'events/verify-document': {
    ...tables('applications', 'budget', 'workflow'),
    ...documents,
    EVENT_BUS_NAME: text,
  },
  'events/publish-events': { ...tables('applications', 'budget'), EVENT_BUS_NAME: text },
  'events/make-dossier': { ...tables('applications', 'policy'), ...documents },
  'events/notify': tables('messages'),
  'events/send-mail': {
    ...tables('messages'),
    MAIL_FROM: text,
    PORTAL_URL: text,
  },
  'events/remind-reviewers': tables('applications'),
  'events/remind-applicants': tables('applications', 'policy'),
  'events/screen-awards': tables('applications', 'registry', 'policy'),
  'events/index-tasks': tables('applications'),
  'events/queue-webhooks': { ...webhooks },
  'events/deliver-webhooks': { ...webhooks },
  'events/close-register-day': tables('budget'),
  'events/verify-audit': {
    ...tables('applications', 'budget', 'people', 'policy', 'registry', 'reads'),
    HEADS_BUCKET: text,
    HEADS_KEY_ARN: text,
    /** Empty where there is no time-stamping authority. */
    TIMESTAMP_URL: z.string(),
  },
  'events/erase-due': {
    ...tables('applications', 'budget', 'people', 'registry', 'workflow'),
    ...documents,
  },
  'events/relay-outbox': { ...tables('applications', 'messages', 'workflow'), ...stateMachines },
  'events/sweep-outbox': { ...tables('applications', 'messages', 'workflow'), ...stateMachines },
} as const;

/** The path of a door under `functions/`, without its ending. */
export type Door = keyof typeof environments;

/** The variables of a door. */
export type Environment<D extends Door> = z.output<z.ZodObject<(typeof environments)[D]>>;

/** What the variables of a door are checked by. */
export function environmentSchema(door: Door): z.ZodObject {
  return z.object(environments[door]);
}

/**
 * Reads the variables of a door from the process.
 * @throws Error that lists every missing variable by name.
 */
export function readEnvironment<D extends Door>(door: D): Environment<D> {
  const result = environmentSchema(door).safeParse(process.env);
  if (!result.success) {
    const missing = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new Error(`${door}: missing environment variables: ${missing}`);
  }
  // The schema was looked up by the same key, which TypeScript cannot follow through the record.
  return result.data as Environment<D>;
}
