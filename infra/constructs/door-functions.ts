import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  type Door,
  environmentSchema,
  type Environment as Variables,
  variableOf,
} from '../../functions/shared/environment.ts';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';
import { doors, type Variable } from '../access/doors.ts';
import type { DoorSettings } from '../access/rights.ts';
import type { Bundles } from '../bundles.ts';
import type { Environment } from '../environment-settings.ts';
import type { StateStack } from '../stacks/state-stack.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { ServiceFunction } from './service-function.ts';

export interface DoorFunctionsProps {
  readonly settings: Environment;
  readonly state: StateStack;
  readonly bundles: Bundles;
  /** Variables that only the stack itself knows, for every function that reads them. */
  readonly variables?: Partial<Record<Variable, string>>;
}

/** Makes the functions of a stack: each with the variables that its door reads and the rights that its door lists. */
export class DoorFunctions {
  readonly #scope: Construct;
  readonly #props: DoorFunctionsProps;

  constructor(scope: Construct, props: DoorFunctionsProps) {
    this.#scope = scope;
    this.#props = props;
  }

  /** A function with the settings and rights of its door. `more` holds the variables that the state stack does not know. */
  add<D extends Door>(
    door: D,
    more: Partial<Record<Variable, string>> = {},
    deadLetters?: DeadLetterQueue,
  ): ServiceFunction {
    const { settings, state, bundles } = this.#props;
    const given: DoorSettings = doors[door];
    const serviceFunction = new ServiceFunction<D>(this.#scope, {
      door,
      settings,
      logsKey: state.logsKey,
      bundle: bundles.directory(door),
      environment: this.#variables(door, more),
      memoryMiB: given.memoryMiB,
      timeout: Duration.seconds(given.timeoutSeconds),
      ...(settings.reservedForApplicants > 0 &&
        given.applicants && { reservedConcurrency: settings.reservedForApplicants }),
      ...(deadLetters && { deadLetterQueue: deadLetters.queue }),
    });
    for (const [table, accesses] of Object.entries(given.tables)) {
      // The keys of a literal record are its type's keys.
      for (const access of accesses) state.tables[table as TableName].grant(serviceFunction, access);
    }
    if (given.retries === false) serviceFunction.function.configureAsyncInvoke({ retryAttempts: 0 });
    if (given.seesMissing) state.documents.grantSeeingMissing(serviceFunction);
    if (given.documents) state.documents.grant(serviceFunction, 'documents', given.documents);
    if (given.dossiers) {
      state.documents.grantList(serviceFunction, 'dossiers');
      state.documents.grant(serviceFunction, 'dossiers', given.dossiers);
    }
    if (given.asksForDossiers) {
      state.documents.grantList(serviceFunction, 'dossierRequests');
      state.documents.grant(serviceFunction, 'dossierRequests', ['PutObject']);
    }
    if (given.erasesFiles) state.documents.grantErasing(serviceFunction);
    if (given.imports) state.documents.grant(serviceFunction, 'imports', given.imports);
    if (given.heads) state.heads.grant(serviceFunction);
    if (given.identity) state.identityKey.grant(serviceFunction);
    if (given.contacts) state.contactKey.grant(serviceFunction);
    if (given.evidence) state.documents.grant(serviceFunction, 'evidence', given.evidence);
    if (given.signsPayments) state.paymentKey.grant(serviceFunction);
    if (given.accounts) state.accountKey.grant(serviceFunction, given.accounts);
    for (const use of given.objectors ?? []) state.objectorKey.grant(serviceFunction, use);
    return serviceFunction;
  }

  /** The variables that the door's schema asks for, and no others: what has no value fails the synthesis. */
  #variables<D extends Door>(door: D, more: Partial<Record<Variable, string>>): Variables<D> {
    const { settings, state, bundles, variables } = this.#props;
    const { tables, documents, identityKey, contactKey, accountKey, objectorKey, paymentKey } = state;
    const { bankSignature, strongLogin } = settings;
    const values: Partial<Record<Variable, string>> = {
      ...Object.fromEntries(
        Object.values(catalogue).map(({ name }) => [variableOf(name), tables[name].table.tableName]),
      ),
      DOCUMENTS_BUCKET: documents.bucket.bucketName,
      WEBHOOK_NETWORKS: settings.webhookNetworks,
      GUIDES_ALLOWED: settings.guides,
      LOGIN_DEPARTMENTS: bundles.departments.join(','),
      LOGIN_PERSON_CLAIM: settings.personClaim,
      GRANT_DAYS: String(settings.grantDays),
      LOGIN_STRENGTH:
        strongLogin.kind === 'none' ? 'none' : [strongLogin.kind, ...strongLogin.values].join(' '),
      HEADS_BUCKET: state.heads.bucket.bucketName,
      HEADS_KEY_ARN: state.heads.key.keyArn,
      TIMESTAMP_URL: settings.timestampUrl ?? '',
      IDENTITY_KEY_ARN: identityKey.key.keyArn,
      CONTACT_KEY_ARN: contactKey.key.keyArn,
      ACCOUNT_KEY_ARN: accountKey.key.keyArn,
      OBJECTOR_KEY_ARN: objectorKey.key.keyArn,
      PAYMENT_KEY_ARN: paymentKey.key.keyArn,
      PAYMENT_SIGNING: settings.paymentSigning,
      BANK_KEY: bankSignature.kind === 'key' ? bankSignature.publicKey : `none: ${bankSignature.reason}`,
      ...variables,
      ...more,
    };
    // The schema was looked up by the same key, which the compiler cannot follow through the record.
    return environmentSchema(door).parse(values) as Variables<D>;
  }
}
