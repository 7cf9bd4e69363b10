/** What the parts of the embedded cloud know of each other. */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Prints one line of progress or diagnosis. */
export type Log = (line: string) => void;

/** A part that holds ports, timers or processes until it is stopped; stopping twice is allowed. */
export interface LocalService {
  stop(): Promise<void>;
}

/** The answer of a function as Lambda's Invoke gives it. */
export interface InvocationResult {
  /** The handler's result, or Lambda's error object `{errorType, errorMessage, trace}`. */
  readonly payload: unknown;
  /** Present when the handler threw, timed out or its sandbox died. */
  readonly functionError?: 'Unhandled';
}

/** Invokes a function by its name or ARN. Rejects only when there is no such function. */
export interface FunctionInvoker {
  invoke(functionNameOrArn: string, payload: unknown): Promise<InvocationResult>;
}

/** Starts an execution of a registered state machine (targets of rules and schedules). */
export interface ExecutionStarter {
  startExecution(stateMachineArn: string, input: unknown): Promise<void>;
}

/** Properties of a CloudFormation resource after every intrinsic is resolved. */
export type ResolvedProperties = Readonly<Record<string, unknown>>;

/** An event as EventBridge delivers it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What Ref and Fn::GetAtt of a provisioned resource give. */
export interface ProvisionedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** DynamoDB, with its streams and time to live. */
export interface DynamoDbService extends LocalService {
  readonly endpoint: string;
  /** AWS::DynamoDB::Table or ::GlobalTable; creates the table unless the data dir has it. Attributes: Arn, StreamArn. */
  ensureTable(logicalId: string, type: string, properties: ResolvedProperties): Promise<ProvisionedResource>;
  /** AWS::Lambda::EventSourceMapping whose source is a table's stream. Delivery begins with start(). */
  addStreamMapping(properties: ResolvedProperties): void;
  start(invoker: FunctionInvoker, onFailure: (destinationArn: string, record: unknown) => void): void;
  /**
   * Ends the deliveries and lets the database answer on. Comes before the functions are stopped, whose failures would
   * otherwise count as failures of the records.
   */
  stopDelivery(): Promise<void>;
}

/** S3, with CORS and notifications to the default event bus. */
export interface S3Service extends LocalService {
  readonly endpoint: string;
  /** AWS::S3::Bucket. Attributes: Arn, RegionalDomainName. */
  ensureBucket(logicalId: string, properties: ResolvedProperties): Promise<ProvisionedResource>;
  /** Every bucket is known now: until here requests are answered 503, as their changes would be events of nobody. */
  start(): void;
}

/** EventBridge: buses, rules and schedules. */
export interface EventsService extends LocalService {
  readonly endpoint: string;
  /** AWS::Events::EventBus. */
  addBus(logicalId: string, properties: ResolvedProperties): ProvisionedResource;
  /** AWS::Events::Rule, by pattern or by schedule expression. */
  addRule(logicalId: string, properties: ResolvedProperties): ProvisionedResource;
  /** AWS::Scheduler::Schedule. */
  addSchedule(logicalId: string, properties: ResolvedProperties): ProvisionedResource;
  /** Delivers an event of an AWS service to the default bus. */
  publish(event: BusEvent): void;
  start(invoker: FunctionInvoker, starter: ExecutionStarter, onGiveUp?: OnGiveUp): void;
}

/**
 * Told of a payload that a target refused for good. `deadLetterArn` is the target's own queue, if it has one;
 * a function may have another.
 */
export type OnGiveUp = (targetArn: string, deadLetterArn: string | undefined, payload: unknown) => void;

/** Step Functions. */
export interface StatesService extends LocalService, ExecutionStarter {
  readonly endpoint: string;
  /** AWS::StepFunctions::StateMachine with its definition text after substitution. Attributes: Arn, Name. */
  addStateMachine(logicalId: string, properties: ResolvedProperties, definition: string): ProvisionedResource;
  /** Continues the executions that the data dir says were running, then accepts new ones. */
  start(invoker: FunctionInvoker): Promise<void>;
}

/** Key Management Service, for keys that make message authentication codes. */
export interface KmsService extends LocalService {
  readonly endpoint: string;
  /** AWS::KMS::Key, HMAC_256 or symmetric; makes its material unless the data dir has it. Attributes: Arn, KeyId. */
  ensureKey(name: string, properties: ResolvedProperties): ProvisionedResource;
}

/** Simple Email Service, which keeps mails instead of sending them. */
export interface MailService extends LocalService {
  readonly endpoint: string;
  /** Keeps a message that a gateway outside would send, beside the mails. */
  keep(message: { readonly to: string; readonly subject: string; readonly text: string }): void;
  /** Answers with a page of the mails, for people. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Where a service keeps its state and what region and account it pretends to be. */
export interface ServiceOptions {
  readonly dataDir: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly log: Log;
}
