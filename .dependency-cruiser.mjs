/**
 * The floors of the house: rooms of functions/ from the lowest to the highest, each with the rooms that it may import
 * beside shared/. All of those stand below it, so that no two rooms need each other. docs/architecture.md says why.
 */
export const rooms = {
  shared: [],
  'filing/enterprise': [],
  people: ['filing/enterprise'],
  'policy/notice': [],
  'policy/retention': [],
  'policy/calendar': ['policy/notice'],
  'policy/guides': ['policy/notice', 'policy/retention', 'policy/calendar'],
  'filing/late-exceptions': ['people', 'policy/guides'],
  'filing/applications': ['policy/guides', 'filing/enterprise', 'filing/late-exceptions'],
  'filing/announcements': ['policy/guides', 'filing/applications'],
  'filing/closings': ['policy/calendar', 'policy/guides', 'filing/applications'],
  'filing/documents': ['policy/notice', 'policy/guides', 'filing/applications'],
  'filing/copies': ['policy/guides', 'filing/enterprise', 'filing/applications', 'filing/documents'],
  'filing/submission': [
    ...['policy/guides', 'filing/late-exceptions', 'filing/applications', 'filing/documents'],
  ],
  'filing/eligibility': ['policy/guides', 'filing/late-exceptions', 'filing/applications'],
  'filing/bank-accounts': ['people', 'policy/guides', 'filing/enterprise', 'filing/applications'],
  'filing/dossiers': [
    ...['policy/notice', 'policy/guides', 'filing/applications', 'filing/documents', 'filing/eligibility'],
  ],
  'filing/credit': ['people', 'policy/guides', 'filing/applications', 'filing/eligibility'],
  register: ['policy/notice', 'policy/guides', 'filing/applications'],
  reports: ['policy/notice', 'policy/guides', 'filing/applications'],
  'review/tasks': ['people', 'policy/notice', 'policy/calendar', 'policy/guides', 'filing/applications'],
  'review/experts': [
    ...['people', 'policy/guides', 'filing/applications', 'filing/documents'],
    ...['review/tasks'],
  ],
  'review/sign-off': [
    ...['people', 'policy/notice', 'policy/calendar', 'policy/guides'],
    ...['filing/enterprise', 'filing/applications', 'filing/documents', 'filing/eligibility'],
    ...['filing/dossiers', 'filing/credit', 'review/tasks', 'review/experts'],
  ],
  'news/domain-events': [
    ...['filing/late-exceptions', 'filing/announcements', 'filing/applications', 'filing/closings'],
    ...['filing/bank-accounts'],
    ...['review/tasks', 'review/sign-off'],
  ],
  'news/messages': [
    ...['policy/notice', 'policy/guides', 'review/tasks', 'review/experts'],
    ...['news/domain-events'],
  ],
  'news/mail': ['policy/notice', 'news/domain-events', 'news/messages'],
  'news/webhooks': [],
  'news/relay': ['filing/announcements', 'filing/applications'],
  'money/allocation': ['policy/guides'],
  'money/pools': ['people', 'policy/guides', 'filing/applications'],
  'money/rounds': [
    ...['people', 'policy/guides', 'filing/applications', 'filing/credit'],
    ...['money/allocation', 'money/pools'],
  ],
  'money/entries': ['policy/guides', 'money/pools', 'money/rounds'],
  'money/orders': [
    ...['people', 'policy/guides', 'filing/applications', 'filing/bank-accounts'],
    ...['filing/credit', 'register'],
    ...['money/pools', 'money/rounds'],
  ],
  'money/payments': [
    ...['people', 'filing/applications', 'filing/bank-accounts', 'register'],
    ...['money/pools', 'money/rounds', 'money/orders'],
  ],
  'money/clawbacks': [
    ...['people', 'policy/guides', 'filing/applications', 'register'],
    ...['money/pools', 'money/rounds', 'money/payments'],
  ],
  'publicity/objections': [
    ...['policy/guides', 'filing/enterprise', 'filing/applications', 'filing/documents'],
  ],
  'publicity/certificates': ['policy/guides', 'filing/applications'],
  'publicity/notice': ['policy/guides', 'filing/applications', 'filing/credit', 'publicity/objections'],
  'publicity/home': ['policy/notice', 'register', 'publicity/notice'],
  'publicity/portal': [],
  'registry/matching': ['policy/guides'],
  'registry/awards': ['policy/guides', 'filing/applications', 'registry/matching'],
  'registry/imports': ['filing/applications', 'filing/documents', 'registry/matching', 'registry/awards'],
  'duplicates/screening': [
    ...['policy/calendar', 'policy/guides', 'filing/applications', 'filing/eligibility'],
    ...['review/tasks', 'review/experts', 'money/pools', 'publicity/certificates', 'registry/awards'],
  ],
  'duplicates/cases': [
    ...['policy/guides', 'filing/applications', 'filing/documents', 'review/tasks'],
    ...['duplicates/screening'],
  ],
  waits: ['filing/applications', 'review/sign-off', 'publicity/objections'],
  endings: [
    ...['people', 'policy/guides', 'filing/applications', 'review/tasks', 'review/sign-off'],
    ...['money/pools', 'publicity/objections', 'duplicates/screening', 'duplicates/cases'],
  ],
  erasure: [
    ...['policy/retention', 'filing/applications', 'filing/documents', 'publicity/objections'],
    ...['duplicates/screening'],
  ],
  audit: ['policy/guides', 'filing/applications', 'register', 'money/pools'],
};

const names = Object.keys(rooms);
for (const [room, below] of Object.entries(rooms)) {
  const wrong = below.filter((other) => !names.slice(0, names.indexOf(room)).includes(other));
  if (wrong.length > 0) throw new Error(`${room} may not import ${wrong}: no floor below it`);
}

const folder = (room) => `^functions/${room}/`;
const anyOf = (paths) => `(${paths.join('|')})`;
const sdk = '(^|/)(@middy|@aws-sdk)/';
const doors = '^functions/(api|workflow|events)/';

/** What decides, and so is to be the same whenever and wherever it runs: by its name, or whole rooms. */
export const pure = [
  '(-decision|-rules|-calculation|lifecycle)\\.ts$',
  '^functions/money/allocation/',
  '^functions/registry/matching/(?!.*-store\\.ts)',
  '^functions/filing/eligibility/(ceiling|evaluate)\\.ts$',
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'no-circle',
    comment: 'files that need each other are one file, or three',
    from: {},
    to: { circular: true },
  },
  ...Object.entries(rooms).map(([room, below]) => ({
    name: `floor-of-${room.replace('/', '-')}`,
    comment: `${room} imports only ${['shared', ...below].join(', ')}: see the floors in .dependency-cruiser.mjs`,
    from: { path: folder(room) },
    to: { path: '^functions/', pathNot: anyOf([room, 'shared', ...below].map(folder)) },
  })),
  {
    name: 'every-room-has-a-floor',
    comment: 'a new room is put into the list of floors',
    from: { path: '^functions/', pathNot: anyOf([doors, '^functions/contracts/', ...names.map(folder)]) },
    to: {},
  },
  {
    name: 'contracts-know-rooms',
    comment: 'contracts know what rooms show, and no door',
    from: { path: '^functions/contracts/' },
    to: { path: doors },
  },
  {
    name: 'doors-stand-alone',
    comment: 'a door is one Lambda; what two of them share is a room',
    from: { path: doors },
    to: { path: doors },
  },
  {
    name: 'rooms-know-no-lambda',
    comment: 'doors translate; rooms know no Lambda',
    from: { path: anyOf(names.slice(1).map(folder)) },
    to: { path: '(^|/)(@middy|aws-lambda)(/|$)' },
  },
  {
    name: 'deployed-code-knows-no-laptop',
    comment: 'functions/ knows nothing of how it is deployed, run on a laptop or tested',
    from: { path: '^functions/' },
    to: { path: '^(local|infra|test|web)/' },
  },
  {
    name: 'infra-knows-no-laptop',
    comment: 'what is deployed knows nothing of the laptop',
    from: { path: '^infra/' },
    to: { path: '^(local|test)/' },
  },
  {
    name: 'local-runs-the-template',
    comment: 'local/ runs the synthesized template, and nothing else',
    from: { path: '^local/' },
    to: { path: '^(functions|infra|test)/' },
  },
  {
    name: 'portal-asks-the-api',
    comment: 'the portal knows what the API shows and asks it: no door, no store, nothing of the laptop',
    from: { path: '^web/' },
    to: { path: '^(local|infra|test)/|^functions/(api|workflow|events)/|-store\\.ts$' },
  },
  {
    name: 'law-knows-no-sdk',
    comment: 'what the law says does not depend on where it is asked',
    from: {
      path: '^functions/(policy|filing/eligibility)/',
      pathNot: '/(guide-store|guide-proposal-store|policy-source)\\.ts$',
    },
    to: { path: `${sdk}|^functions/shared/transaction\\.ts$` },
  },
  {
    name: 'decisions-are-pure',
    comment: 'what decides is given what it needs: no SDK, store, clock, randomness, environment or file',
    from: { path: anyOf(pure) },
    to: {
      path: [
        sdk,
        '-store\\.ts$',
        '^functions/shared/(clock|ids|transaction|table|environment|log|outbox|wait-repository)\\.ts$',
        '^(node:)?(fs|fs/promises|http|https|net|timers|timers/promises|child_process|os|process)$',
      ].join('|'),
    },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: forbidden.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    // Reads types' imports as well: a room that knows another's types knows the room.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(cdk\\.out|\\.local)/' },
  },
};
