import { table } from './keys.ts';

/*
 * Every table: its partitions, its indexes and what stands in it. From here come the keys that stores use, the tables
 * and indexes that are made, the partitions that a function may touch, what streams hand on, and docs/tables.md.
 *
 * It goes into every bundle. A table that a bundle does not use is left out of it, as long as its description is marked
 * as pure and has no calls or spreads in it.
 */

/** Order of open tasks: the first due first. */
const dueFirst = '{dueAt}#{taskId}';

export const applications = /* @__PURE__ */ table('applications', {
  stream: true,
  partitions: {
    application: 'APPLICATION#{applicationId}',
    submissionKey: 'SUBMISSION-KEY#{organisation}#{idempotencyKey}',
    draftKey: 'DRAFT-KEY#{organisation}#{idempotencyKey}',
    ranking: 'RANKING#{department}#{item}',
    competition: 'COMPETITION#{organisation}#{year}',
    search: 'SEARCH#{department}#{gram}',
    // Apart from the application itself, which whoever tells its holders of something has no right to change.
    told: 'TOLD#{applicationId}',
    late: 'LATE-EXCEPTIONS',
    quota: 'QUOTA#{organisation}',
  },
  indexes: {
    byOrganisation: { partition: 'organisation', sort: 'createdAt' },
    // Who is to be told of an item: everybody with a draft or an application of it.
    byItem: { partition: 'filedItem', sort: 'filedSort', shows: ['organisation'] },
    // Open tasks by what an inbox is narrowed by, with the task and nothing else; CloudFormation adds one index to a
    // standing table per update.
    inbox: { partition: 'inboxDepartment', sort: 'inboxSort', shows: ['task'] },
    inboxItem: { partition: 'inboxItem', sort: 'inboxSort', shows: ['task'] },
    inboxKind: { partition: 'inboxKind', sort: 'inboxSort', shows: ['task'] },
    inboxDistrict: { partition: 'inboxDistrict', sort: 'inboxSort', shows: ['task'] },
    inboxPerson: { partition: 'inboxPerson', sort: 'inboxSort', shows: ['task'] },
    // The lean one that counts are made of.
    inboxTally: { partition: 'inboxDepartment', sort: 'inboxTally', shows: [] },
    invitations: { partition: 'invitedExpert', sort: 'invitationSort' },
    // What the public register shows of an award, and nothing else, so that its reader can leak nothing.
    awards: {
      partition: 'awardYear',
      sort: 'awardSort',
      shows: [
        'applicationId',
        'organisation',
        'organisationName',
        'item',
        'projectName',
        'awardFen',
        'roundId',
        'status',
        'noticedAt',
        'closesAt',
      ],
    },
  },
  entities: {
    /** An application as it stands; in the public index from its notice on. */
    application: {
      in: 'application',
      sk: 'STATE',
      indexes: {
        byOrganisation: ['{organisation}', '{createdAt}'],
        byItem: ['{item}', '{phase}#{applicationId}'],
        awards: ['{year}', '{noticedAt}#{applicationId}'],
      },
    },
    /** What changed an application, a row for each version, each linked to the one before by its hash. */
    history: { in: 'application', sk: 'HISTORY#{version:9}' },
    /** What an applicant submitted, as it stood then. */
    submission: { in: 'application', sk: 'SUBMISSION#{number:4}', witnessed: true },
    /** A document: what was announced, and what became of its file. */
    document: { in: 'application', sk: 'DOCUMENT#{documentId}', witnessed: true },
    /** The document that a file was last announced as, so that announcing it again finds it. */
    announcement: { in: 'application', sk: 'ANNOUNCEMENT#{material}#{hash}' },
    /** How many documents an application has, so that none is added beyond the limit. */
    documentCount: { in: 'application', sk: 'DOCUMENT-COUNT' },
    /** A department's task to decide on a submission; in the indexes while it is open. */
    task: {
      in: 'application',
      sk: 'TASK#{taskId}',
      indexes: {
        inbox: ['{department}', dueFirst],
        inboxItem: ['{department}#{item}', dueFirst],
        inboxKind: ['{department}#{kind}', dueFirst],
        inboxDistrict: ['{department}#{district}', dueFirst],
        inboxPerson: ['{department}#{person}', dueFirst],
        inboxTally: ['{department}', '{dueAt}#{kind}#{item}#{district}'],
      },
      witnessed: true,
    },
    /** Who took, gave back or handed on a task. */
    assignment: { in: 'application', sk: 'ASSIGNMENT#{taskId}#{number:6}', witnessed: true },
    /** What a reviewer has written so far on a department's part in a step. */
    draft: { in: 'application', sk: 'DRAFT#{part}#{person}', expires: true },
    /** An expert's invitation to score an application, and the scores; open ones are listed first. */
    invitation: {
      in: 'application',
      sk: 'INVITATION#{expert}',
      indexes: { invitations: ['{expert}', '{rank}#{invitedAt}#{invitationId}'] },
      witnessed: true,
    },
    /** That a department was reminded of a task. */
    reminder: { in: 'application', sk: 'REMINDER#{taskId}#{about}#{number}' },
    /** What a duplicate check compared and found. */
    duplicateCheck: { in: 'application', sk: 'DUPLICATE-CHECK#{version:9}', witnessed: true },
    /** The answer to a submission, for a client that sends it again. */
    submissionAnswer: { in: 'submissionKey', sk: 'KEY' },
    /** That an application is one of its enterprise's competitive projects of a year. */
    competitionEntry: { in: 'competition', sk: 'APPLICATION#{applicationId}', witnessed: true },
    /** How many checks have counted these projects, so that two at once see each other. */
    competitionCheck: { in: 'competition', sk: 'CHECK' },
    /** The answer to a new draft, for a client that sends it again. */
    draftAnswer: { in: 'draftKey', sk: 'KEY' },
    /** The order in which a district recommends the applications for an item. */
    ranking: { in: 'ranking', sk: 'RANKING', witnessed: true },
    /** Such an order as somebody set it. */
    rankingVersion: { in: 'ranking', sk: 'VERSION#{version:9}', witnessed: true },
    /** An open task under a piece of its organisation's name. */
    searchEntry: { in: 'search', sk: dueFirst },
    /** That an organisation may apply for an item after its closing: as proposed, and what became of it. */
    lateException: { in: 'late', sk: 'OF#{organisation}#{item}#{exceptionId}', witnessed: true },
    /** The exception that was proposed last for an organisation and an item, so that of two proposals at once one waits. */
    newestException: { in: 'late', sk: 'NEWEST#{organisation}#{item}' },
    /** That an organisation is told of a confirmed exception, once. */
    lateAllowed: { in: 'late', sk: 'ALLOWED#{exceptionId}' },
    /** The answer to a proposed exception, for a client that sends it again. */
    lateExceptionAnswer: { in: 'late', sk: 'KEY#{idempotencyKey}' },
    /** The drafts that an organisation has, which are so many at most. */
    draftPlaces: { in: 'quota', sk: 'DRAFTS' },
    /** How many files an organisation has announced in a day, and of how many bytes. */
    uploadDay: { in: 'quota', sk: 'UPLOADS#{day}', expires: true },
    /** That a draft's holders were reminded of the closing of its item's window. */
    closingReminder: { in: 'told', sk: 'CLOSING#{closesAt}#{days}#{unit}' },
    /** What an operator wrote to everybody of an item, as this one was told it. */
    announced: { in: 'told', sk: 'ANNOUNCED#{announcementId}' },
  },
});

export const people = /* @__PURE__ */ table('people', {
  partitions: {
    person: 'PERSON#{person}',
    department: 'DEPARTMENT#{department}',
    identity: 'IDENTITY#{identity}',
    login: 'LOGIN#{login}',
    // Apart from the identity, which every door writes: one alone may change what somebody is granted.
    access: 'ACCESS#{reference}',
    company: 'COMPANY#{organisation}',
    erasures: 'ERASURES#{month}',
    erasing: 'ERASING',
    hold: 'HOLD#{subject}',
  },
  indexes: { access: { partition: 'accessList', sort: 'accessSort' } },
  entities: {
    /** The organisations that a person has an interest in, each an attribute. */
    interests: { in: 'person', sk: 'INTERESTS', witnessed: true },
    /** That an interest was declared or ended, when, by whom and why. */
    interestRow: { in: 'person', sk: 'INTEREST#{organisation}#{at}#{event}', witnessed: true },
    /** What a person has handed over, now or for later. */
    given: { in: 'person', sk: 'DELEGATIONS', witnessed: true },
    /** That a delegation was given or ended. */
    delegationRow: { in: 'person', sk: 'DELEGATION#{delegationId}#{event}', witnessed: true },
    /** A delegation for who stands in, by its last day. */
    standIn: { in: 'person', sk: 'STAND-IN#{until}#{delegationId}', witnessed: true },
    /** The logins and organisations of one person, by the keyed hash of what was verified of them. */
    identity: { in: 'identity', sk: 'PERSON', witnessed: true },
    /** On which day a person last acted in a role. */
    roleUse: { in: 'identity', sk: 'USED#{role}' },
    /** What roles a person is granted, with those that are proposed and those that ended. */
    access: { in: 'access', sk: 'STATE', indexes: { access: ['access', '{reference}'] } },
    /** What changed that, a row for each version, each linked to the one before by its hash. */
    accessRow: { in: 'access', sk: 'HISTORY#{version:9}' },
    /** Whose login a subject of tokens is. */
    login: { in: 'login', sk: 'LOGIN', witnessed: true },
    /** That a person was seen as a member of a department. */
    member: { in: 'department', sk: 'MEMBER#{person}' },
    /** The last day on which a person was seen as an administrator of an organisation. */
    administrator: { in: 'company', sk: 'ADMINISTRATOR#{person}' },
    /** That something was deleted or anonymised, when and by which rule; nothing of what it held. */
    erasure: { in: 'erasures', sk: '{kind}#{thing}', witnessed: true },
    /** What is left to be done of one: it goes with the last of it. */
    pendingErasure: { in: 'erasing', sk: 'PENDING#{kind}#{thing}' },
    /** Up to where everything was looked through for what is due. */
    sweepPosition: { in: 'erasing', sk: 'POSITION#{of}' },
    /** That nothing of an application, an organisation or an objection is erased, until two people say so. */
    hold: { in: 'hold', sk: 'STATE', indexes: { access: ['hold', '{subject}'] }, witnessed: true },
  },
});

const channels = ['organisation', 'department', 'person'] as const;

export const messages = /* @__PURE__ */ table('messages', {
  partitions: {
    organisation: 'ORGANISATION#{organisation}',
    department: 'DEPARTMENT#{department}',
    person: 'PERSON#{person}',
    event: 'EVENT#{matter}',
    announcements: 'ANNOUNCEMENTS',
    subscriptions: 'WEBHOOKS',
    subscription: 'WEBHOOK#{subscriptionId}',
    subscriptionKeys: 'WEBHOOK-KEYS#{person}',
    // Apart from the rest, so that the API, which makes and replaces them, has no right to read one.
    secrets: 'WEBHOOK-SECRET#{subscriptionId}',
  },
  indexes: {
    // What the runs read is who waits; a delivery itself is read when it is claimed.
    due: { partition: 'due', sort: 'nextAttemptAt', shows: [] },
    deliveries: { partition: 'deliveries', sort: 'createdAt' },
  },
  entities: {
    /** A message to everybody of an organisation or a department, or to one person. */
    message: { in: channels, sk: 'MESSAGE#{receivedAt}#{id}', expires: true },
    /** Who wants the mails of a channel, with the address. */
    recipient: { in: channels, sk: 'RECIPIENT#{person}', expires: true },
    /** The address that a person gave. */
    contact: { in: 'person', sk: 'CONTACT' },
    /** Up to when a person has read a channel. */
    readMarker: { in: 'person', sk: 'READ#{channel}', expires: true },
    /** That an event has had its message. */
    notified: { in: 'event', sk: 'NOTIFIED', expires: true },
    /** That a mail about an event, or about the reminders of a day, is being sent to somebody or was. */
    mailed: { in: 'event', sk: 'MAILED#{person}', expires: true },
    /** What an operator wrote to everybody of an item, by whom, and how far it has been sent. */
    announcement: { in: 'announcements', sk: 'ANNOUNCEMENT#{announcementId}' },
    /** The answer to a new announcement, for a client that sends it again. */
    announcementAnswer: { in: 'announcements', sk: 'KEY#{idempotencyKey}' },
    /** A system that wants to be told of events. */
    subscription: { in: 'subscriptions', sk: '{subscriptionId}' },
    /**
     * An event on its way to a subscriber; in the index of what is due until it has arrived or is given
     * up.
     */
    delivery: {
      in: 'subscription',
      sk: 'DELIVERY#{deliveryId}',
      indexes: {
        due: ['WEBHOOK-DUE', '{nextAttemptAt}'],
        deliveries: ['WEBHOOK#{subscriptionId}#{status}', '{createdAt}'],
      },
      expires: true,
    },
    /** The answer to a new subscription, for a client that sends it again. */
    subscriptionAnswer: { in: 'subscriptionKeys', sk: 'KEY#{idempotencyKey}' },
    /** A secret that deliveries are signed with. */
    secret: { in: 'secrets', sk: 'SECRET#{number:6}', expires: true },
  },
});

const traced = ['enterpriseTrace', 'evidenceTrace', 'identityTrace', 'documentTrace'] as const;

export const registry = /* @__PURE__ */ table('registry', {
  partitions: {
    award: 'AWARD#{scheme}#{awardId}',
    matter: 'MATTER#{matter}',
    evidence: 'EVIDENCE#{kind}:{number}:{uscc}',
    evidenceNumber: 'EVIDENCE-NUMBER#{kind}:{number}',
    enterprise: 'ENTERPRISE#{uscc}',
    nameOf: 'NAME-OF#{uscc}',
    codeOf: 'CODE-OF#{name}',
    likeName: 'LIKE-NAME#{core}',
    gram: 'GRAM#{gram}',
    fill: 'FILL#{shard}',
    registry: 'REGISTRY',
    verdict: 'VERDICT#{id}',
    tally: 'ADJUDICATION-TALLY',
    enterpriseTrace: 'TRACE#enterprise:{uscc}',
    evidenceTrace: 'TRACE#evidence:{kind}:{number}',
    identityTrace: 'TRACE#identity:{hash}',
    documentTrace: 'TRACE#document:{sha256}',
    vocabulary: 'VOCABULARY',
    imports: 'IMPORTS',
    importFaults: 'IMPORT-FAULTS#{importId}',
    importAwards: 'IMPORT-AWARDS#{importId}',
    importRows: 'IMPORT-ROWS#{importId}',
    scheme: 'SCHEME#{scheme}',
    mappings: 'MAPPINGS',
    credit: 'CREDIT#{uscc}',
  },
  entities: {
    /** An award of another scheme, and where it was read. */
    award: { in: 'award', sk: 'RECORD', witnessed: true },
    /** That an award is of a matter, rests on a piece of evidence, or is of an enterprise. */
    pointer: { in: ['matter', 'evidence', 'evidenceNumber', 'enterprise'], sk: '{record}', witnessed: true },
    /** The application that holds a matter or a piece of evidence. */
    claim: { in: ['matter', 'evidence'], sk: 'CLAIM' },
    /** The name with which a code came first, and the code with which a name did. */
    firstSeen: { in: ['nameOf', 'codeOf'], sk: 'FIRST' },
    /** Another code that came with a name. */
    namesake: { in: 'codeOf', sk: 'CODE#{uscc}' },
    /** A name, and the code that it came with first, where the form of an organisation and a region are left out. */
    likeName: { in: 'likeName', sk: '{uscc}#{name}' },
    /** Awards whose names have a piece of text. */
    postings: { in: 'gram', sk: 'POSTINGS' },
    /** Counters of how many names stand under pieces of text. */
    fill: { in: 'fill', sk: 'FILL' },
    /** How often the registry was changed. */
    version: { in: 'registry', sk: 'VERSION' },
    /** What an adjudicator decided about a pair. */
    verdict: { in: 'verdict', sk: 'VERDICT', witnessed: true },
    /** How often a test suspected a pair, and how adjudicators decided. */
    tally: { in: 'tally', sk: '{rule}' },
    /** That an application has an enterprise, a piece of evidence, a person, an account or a document. */
    trace: { in: traced, sk: 'APPLICATION#{applicationId}' },
    /** That such a place holds traces: many are asked at once. */
    mark: { in: traced, sk: 'MARK' },
    /** What the names of the registry teach. */
    vocabulary: { in: 'vocabulary', sk: 'LEARNT' },
    /** An import of a file, and how far it has come. */
    import: { in: 'imports', sk: '{importId}', witnessed: true },
    /** Faults of a part of a file. */
    importFaults: { in: 'importFaults', sk: '{behindRow:10}#{part:4}' },
    /** Numbers of the awards of a part of a file: what is taken back with the import. */
    importAwards: { in: 'importAwards', sk: '{behindRow:10}' },
    /** A row whose enterprise is left for a person to find out, and what was decided. */
    importRow: { in: 'importRows', sk: '{row:10}', witnessed: true },
    /** How the files of a scheme are to be read. */
    mapping: { in: 'scheme', sk: 'MAPPING' },
    /** A way of reading files that was saved under a name of its own. */
    namedMapping: { in: 'mappings', sk: 'MAPPING#{name}' },
    /** Whether an enterprise is on the list of serious dishonesty. */
    creditListing: { in: 'credit', sk: 'STATE', witnessed: true },
    /** That somebody wants an enterprise on that list or off it, and what a second person decided. */
    creditProposal: { in: 'credit', sk: 'PROPOSAL', witnessed: true },
    /** The same once it is decided, kept for good. */
    creditDecision: { in: 'credit', sk: 'DECISION#{contentHash}', witnessed: true },
    /** That an enterprise was put on that list or taken off it. */
    creditChange: { in: 'credit', sk: 'CHANGE#{version:9}', witnessed: true },
  },
});

export const budget = /* @__PURE__ */ table('budget', {
  stream: true,
  partitions: {
    pool: 'POOL#{poolId}',
    round: 'ROUND#{roundId}',
    roundKeys: 'ROUND-KEYS#{person}',
    order: 'ORDER#{orderId}',
    orderKey: 'ORDER#KEY#{idempotencyKey}',
    paymentFile: 'PAYMENT#{paymentFileId}',
    resultsFile: 'RESULTS#{importId}',
    resultsOf: 'RESULTS#OF#{bytesHash}',
    clawback: 'CLAWBACK#{clawbackId}',
    clawbacksOf: 'CLAWBACK#OF#{applicationId}',
    clawbackKeys: 'CLAWBACK#OF#{applicationId}#KEY',
    bankAccount: 'BANK-ACCOUNT#{organisation}',
    // Apart from the account, which whoever books the bank's answers has no right to change.
    accountReturn: 'ACCOUNT-RETURN#{organisation}',
    objection: 'OBJECTION#{objectionId}',
    objectionKeys: 'OBJECTION-KEYS#{applicationId}',
    objectionsOf: 'OBJECTIONS-OF#{applicationId}',
    // Apart from the objections: nothing there tells which of them is whose.
    confirmation: 'CONFIRMATION#{confirmationId}',
    intakeLimit: 'INTAKE-LIMIT#{subject}',
    // Apart from the objection, which whoever inspects its files has no right to change.
    evidence: 'EVIDENCE-OF#{objectionId}',
    register: 'REGISTER#{year}',
    roots: 'ROOT#{year}',
    fence: 'ROOT#FENCE',
  },
  // What is listed there stands in the order of its creation, each kind in a partition of its own.
  indexes: { listing: { partition: 'listing', sort: 'createdAt' } },
  entities: {
    /** A pool and its balances. */
    pool: { in: 'pool', sk: 'STATE', indexes: { listing: ['pool', '{createdAt}'] } },
    /** An application that waits for money of a pool. */
    candidate: { in: 'pool', sk: 'CANDIDATE#{applicationId}', witnessed: true },
    /** A movement of money, linked to the one before by its hash. */
    ledgerEntry: { in: 'pool', sk: 'ENTRY#{version:12}#{line:3}' },
    /** A movement that a second person has still to confirm, or what became of it. */
    proposal: { in: 'pool', sk: 'PROPOSAL#{entryId}', witnessed: true },
    /** The answer to a proposed movement, for a client that sends it again. */
    proposalAnswer: { in: 'pool', sk: 'KEY#{idempotencyKey}' },
    /** How many rounds of a pool are under way, and whether its year is ended. */
    roundCount: { in: 'pool', sk: 'ROUNDS' },
    /** A budget round as it stands. */
    round: { in: 'round', sk: 'STATE', indexes: { listing: ['round', '{createdAt}'] } },
    /** What a round plans for an application. */
    line: { in: 'round', sk: 'LINE#{applicationId}', witnessed: true },
    /** A round as it would be. */
    simulation: { in: 'round', sk: 'SIMULATION#{simulationId}' },
    /** The answer to a new round, for a client that sends it again. */
    roundAnswer: { in: 'roundKeys', sk: 'KEY#{idempotencyKey}' },
    /** An order of awards as it stands. */
    order: { in: 'order', sk: 'STATE', indexes: { listing: ['order', '{createdAt}'] } },
    /** What an order orders for an application. */
    orderLine: { in: 'order', sk: 'LINE#{applicationId}', witnessed: true },
    /** The answer to a new payment file, for a client that sends it again. */
    paymentFileAnswer: { in: 'order', sk: 'KEY#{idempotencyKey}' },
    /** The answer to a new order, for a client that sends it again. */
    orderAnswer: { in: 'orderKey', sk: 'KEY' },
    /** A file of payments for the bank as it stands. */
    paymentFile: {
      in: 'paymentFile',
      sk: 'STATE',
      indexes: { listing: ['payment-file#{orderId}', '{createdAt}'] },
    },
    /** A payment of a file. */
    payment: { in: 'paymentFile', sk: 'PAYMENT#{number}', witnessed: true },
    /** What the bank said of a payment. */
    paymentResult: { in: 'paymentFile', sk: 'RESULT#{number}#{reference}', witnessed: true },
    /** What a person decided on a word of the bank that contradicts an earlier one. */
    paymentVerdict: {
      in: 'paymentFile',
      sk: 'VERDICT#{number}#{reference}#{result}#{amountFen}',
      witnessed: true,
    },
    /** The bank's answers that somebody brought, and what became of them. */
    resultsFile: { in: 'resultsFile', sk: 'STATE', indexes: { listing: ['results', '{createdAt}'] } },
    /** A part of their text. */
    resultsText: { in: 'resultsFile', sk: 'TEXT#{part:2}', witnessed: true },
    /** The answers that came last with the same bytes. */
    resultsOf: { in: 'resultsOf', sk: 'LAST', witnessed: true },
    /** Money that is demanded back, as it stands. */
    clawback: { in: 'clawback', sk: 'STATE', indexes: { listing: ['clawback', '{createdAt}'] } },
    /** Money that came back, by the bank's reference. */
    receipt: { in: 'clawback', sk: 'RECEIPT#{reference}', witnessed: true },
    /** That a clawback is of an application. */
    clawbackOf: { in: 'clawbacksOf', sk: '{clawbackId}', witnessed: true },
    /** The answer to a proposed clawback, for a client that sends it again. */
    clawbackAnswer: { in: 'clawbackKeys', sk: '{idempotencyKey}' },
    /** The account that an organisation is paid to, sealed, and the one that is to take its place. */
    bankAccount: {
      in: 'bankAccount',
      sk: 'STATE',
      indexes: { listing: ['account-change#{district}', '{createdAt}'] },
    },
    /** That the bank returned a payment to the account of an organisation. */
    accountReturn: { in: 'accountReturn', sk: 'LAST' },
    /** An objection to an award as it stands; who objects is sealed. */
    objection: { in: 'objection', sk: 'STATE', indexes: { listing: ['objection', '{createdAt}'] } },
    /** That an objection waits for an officer, and until when it holds its award meanwhile. */
    unadmitted: { in: 'objectionsOf', sk: 'UNADMITTED#{objectionId}', witnessed: true },
    /** That no more objections are taken against an award. */
    objectionGate: { in: 'objectionsOf', sk: 'CLOSED', witnessed: true },
    /** That a code was sent to a contact, and how often it was tried; contact and code as keyed hashes. */
    confirmation: { in: 'confirmation', sk: 'STATE', expires: true },
    /** How often a contact, an address or an objector came in an hour or a day, each as a keyed hash. */
    intakeCount: { in: 'intakeLimit', sk: 'WINDOW#{window}', expires: true },
    /** That an objector has brought these grounds against an award. */
    broughtBefore: { in: 'intakeLimit', sk: 'GROUNDS#{applicationId}#{groundsHash}' },
    /** What an inspection of a piece of evidence has found. */
    inspection: { in: 'evidence', sk: '{number:2}', witnessed: true },
    /** The answer to an objection, for a client that sends it again. */
    objectionAnswer: { in: 'objectionKeys', sk: 'KEY#{receiptHash}' },
    /** What changed a round, an order, a file, the bank's answers, a clawback, an account or an objection, a row for each version. */
    history: {
      in: ['round', 'order', 'paymentFile', 'resultsFile', 'clawback', 'bankAccount', 'objection'],
      sk: 'HISTORY#{version:9}',
    },
    /** What the public register tells of an award. */
    registerEntry: { in: 'register', sk: '{day}#{applicationId}#{event}#{number:6}' },
    /** The root over a day's entries, published. */
    root: { in: 'roots', sk: '{day}' },
    /** Through which day the register is closed. */
    fence: { in: 'fence', sk: 'STATE' },
  },
});

export const workflow = /* @__PURE__ */ table('workflow', {
  stream: true,
  partitions: {
    outbox: 'OUTBOX#{messageId}',
    wait: 'WAIT#{waitId}',
    screening: 'SCREENING#{importId}#{behindRow}',
    scan: 'SCAN#{objectKey}',
  },
  indexes: { pending: { partition: 'pending', sort: 'createdAt' } },
  entities: {
    /** What a committed transaction wants done elsewhere; in the index until it is done. */
    outboxMessage: {
      in: 'outbox',
      sk: 'MESSAGE',
      indexes: { pending: ['pending', '{createdAt}'] },
      expires: true,
    },
    /** The task token of a waiting state machine. */
    waitToken: { in: 'wait', sk: 'TOKEN#{tokenHash}', expires: true },
    /** Awards that are new or changed, to be screened against applications that passed without them. */
    screeningRequest: { in: 'screening', sk: 'RECORDS', expires: true },
    /** What a scanner is asked of an uploaded file, and its verdict; in the index, by when it is asked again, until that came. */
    scan: { in: 'scan', sk: 'STATE', indexes: { pending: ['scan', '{dueAt}'] } },
  },
});

export const reads = /* @__PURE__ */ table('reads', {
  partitions: { reader: 'READER#{person}' },
  indexes: {
    byDay: { partition: 'dayOfRead', sort: 'readSort' },
    byApplication: { partition: 'aboutOfRead', sort: 'readSort' },
  },
  entities: {
    /** That an official was given personal data of others: of which applications, by which route, when and why. */
    read: {
      in: 'reader',
      sk: 'READ#{at}#{requestId}',
      indexes: {
        byDay: ['{day}', '{at}#{requestId}'],
        byApplication: ['{about}', '{at}#{requestId}'],
      },
      witnessed: true,
    },
  },
});

export const policy = /* @__PURE__ */ table('policy', {
  partitions: {
    guides: 'GUIDES',
    guide: 'GUIDE#{version}',
    newest: 'GUIDES#NEWEST',
    proposals: 'GUIDE-PROPOSALS',
    proposal: 'GUIDE-PROPOSAL#{proposalId}',
  },
  entities: {
    /** A published guide in the list of all of them. */
    listedGuide: { in: 'guides', sk: '{version}' },
    /** A published guide without its items. */
    guideHeader: { in: 'guide', sk: 'HEADER' },
    /** An item of a published guide. */
    guideItem: { in: 'guide', sk: 'ITEM#{item}' },
    /** The newest publication: whoever publishes names the one that was compared with. */
    newestGuide: { in: 'newest', sk: 'STATE' },
    /** A guide without its items that a second person has still to confirm, or what became of it. */
    guideProposal: { in: 'proposals', sk: '{proposalId}' },
    /** An item of a proposed guide. */
    proposedItem: { in: 'proposal', sk: 'ITEM#{item}' },
  },
});

/** Every table by its name; they are made in this order. */
export const catalogue = {
  applications,
  people,
  messages,
  registry,
  budget,
  workflow,
  reads,
  policy,
} as const;

export type TableName = keyof typeof catalogue;
