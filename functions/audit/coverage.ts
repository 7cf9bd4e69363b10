import type { catalogue, TableName } from '../shared/tables.ts';

/** What finds an item that somebody alters, beside a witness. */
export type Cover = 'history' | 'ledger' | 'register' | 'guide';

type Kind<N extends TableName> = keyof (typeof catalogue)[N]['entities'];

const answer = 'answers a request that is sent again; what it names is covered';
const told = 'that somebody was told or reminded: nothing is decided by it';
const transport = 'on its way to somebody; what it is about is covered';

/**
 * What finds kinds of items that are altered, and have no witness: what recomputes them, or in a sentence why it does not
 * matter to money, rules, rights or traces. Everything else in the catalogue is witnessed.
 */
export const covers: {
  readonly [N in TableName]: { readonly [K in Kind<N>]?: Cover | { readonly unwatched: string } };
} = {
  applications: {
    application: 'history',
    history: 'history',
    announcement: { unwatched: answer },
    documentCount: { unwatched: 'counts against a limit' },
    draft: { unwatched: 'what somebody is still writing' },
    reminder: { unwatched: told },
    submissionAnswer: { unwatched: answer },
    competitionCheck: { unwatched: 'a counter by which two checks at once see each other' },
    draftAnswer: { unwatched: answer },
    searchEntry: { unwatched: 'finds an open task by a name; the task is covered' },
    newestException: { unwatched: 'a marker by which two proposals at once see each other' },
    lateExceptionAnswer: { unwatched: answer },
    closingReminder: { unwatched: told },
    announced: { unwatched: told },
    lateAllowed: { unwatched: told },
    draftPlaces: { unwatched: 'counts against a limit' },
    uploadDay: { unwatched: 'counts against a limit' },
  },
  people: {
    access: 'history',
    accessRow: 'history',
    pendingErasure: {
      unwatched: 'what is left of an erasure; it is done of nothing that has not been erased',
    },
    sweepPosition: { unwatched: 'from anywhere else the same is found, sooner or later' },
    administrator: { unwatched: 'that somebody was seen as an administrator, again with each login' },
    roleUse: { unwatched: 'when a role was last used, for a review; it gives no right' },
    member: { unwatched: 'is seen again with the next login, and gives no right by itself' },
  },
  messages: {
    message: { unwatched: told },
    recipient: { unwatched: told },
    contact: { unwatched: 'an address that its owner gave and sees' },
    readMarker: { unwatched: told },
    notified: { unwatched: told },
    mailed: { unwatched: told },
    announcement: { unwatched: told },
    announcementAnswer: { unwatched: answer },
    subscription: { unwatched: 'who is told; what is told can be read by everybody who is' },
    delivery: { unwatched: transport },
    subscriptionAnswer: { unwatched: answer },
    secret: { unwatched: 'signs what subscribers are told; they refuse what is signed by another' },
  },
  registry: {
    claim: { unwatched: 'the application that holds it names it in its state, which has a history' },
    firstSeen: { unwatched: 'makes a warning in an import, and leads to awards, which are covered' },
    namesake: { unwatched: 'leads from a name to awards, which are covered' },
    likeName: { unwatched: 'leads a person to awards, which are covered' },
    postings: { unwatched: 'the index of names, made from awards' },
    fill: { unwatched: 'counts of the index of names' },
    version: { unwatched: 'a counter by which a check sees that the registry has changed' },
    tally: { unwatched: 'statistics of adjudications' },
    trace: { unwatched: 'is left again by the next check of its application, whose result is covered' },
    mark: { unwatched: 'says that traces are there' },
    vocabulary: { unwatched: 'is learnt again from awards' },
    importFaults: { unwatched: 'what was wrong with rows that were not imported' },
    importAwards: { unwatched: 'what an import brought; each award names its import itself' },
    mapping: { unwatched: 'how a file is to be read; two people see what becomes of it' },
    namedMapping: { unwatched: 'how files are to be read; each import keeps what it was read by' },
  },
  budget: {
    pool: 'ledger',
    ledgerEntry: 'ledger',
    round: 'history',
    order: 'history',
    paymentFile: 'history',
    resultsFile: 'history',
    clawback: 'history',
    objection: 'history',
    history: 'history',
    proposalAnswer: { unwatched: answer },
    roundCount: {
      unwatched: 'a counter that keeps a year from ending under an open round, which is covered',
    },
    simulation: { unwatched: 'nothing follows from it' },
    roundAnswer: { unwatched: answer },
    paymentFileAnswer: { unwatched: answer },
    orderAnswer: { unwatched: answer },
    clawbackAnswer: { unwatched: answer },
    confirmation: { unwatched: 'ends within an hour, and holds keyed hashes alone' },
    intakeCount: { unwatched: 'counts against a limit' },
    broughtBefore: { unwatched: answer },
    bankAccount: {
      unwatched: 'sealed for its organisation; every payment keeps the account that it goes to',
    },
    accountReturn: { unwatched: 'keeps a payment from an account until it is confirmed again' },
    objectionAnswer: { unwatched: answer },
    registerEntry: 'register',
    root: 'register',
    fence: 'register',
  },
  reads: {},
  workflow: {
    outboxMessage: { unwatched: transport },
    waitToken: { unwatched: transport },
    screeningRequest: { unwatched: transport },
    scan: { unwatched: 'a file that waits for its scanner; what was found stands with the file' },
  },
  policy: {
    listedGuide: 'guide',
    guideHeader: 'guide',
    guideItem: 'guide',
    newestGuide: 'guide',
    guideProposal: {
      unwatched: 'a second person confirms what they see by its hash, and the guide is covered',
    },
    proposedItem: { unwatched: 'part of a proposal, and in its hash' },
  },
};
