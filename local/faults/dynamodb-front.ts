import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type ServerResponse,
  request as send,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import type { LocalService } from '../contracts.ts';
import type { Faults } from './faults.ts';
import { outsideOfRange } from './query-range.ts';

const probabilities = {
  throttle: 0.02,
  conflict: 0.05,
  /** Of an answer to a write, which was done. */
  lost: 0.02,
  unprocessed: 0.1,
  /** Of an answer of a moment ago to the same question. */
  repeatedAnswer: 0.3,
  /** Of an index that has not heard of the newest writes. */
  lateIndex: 0.5,
};
/** How long an index may not have heard of a write, and an answer be repeated, in milliseconds. */
const longestDelay = 150;

const value = z.record(z.string(), z.unknown());
const item = z.record(z.string(), value);
const write = z.object({ TableName: z.string(), Item: item.optional(), Key: item.optional() });
const requestSchema = z.looseObject({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().optional(),
  Item: item.optional(),
  Key: item.optional(),
  ClientRequestToken: z.string().optional(),
  TransactItems: z.array(z.record(z.string(), write)).optional(),
  RequestItems: z
    .record(z.string(), z.union([z.looseObject({ Keys: z.array(item) }), z.array(z.unknown())]))
    .optional(),
});
type Request = z.infer<typeof requestSchema>;
const pageSchema = z.looseObject({ Items: z.array(item).optional(), Count: z.number().optional() });

interface Answer {
  readonly status: number;
  readonly body: string;
}

const errorOf = (type: string, message: string, more: object = {}): Answer => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...more }),
});
const lost: Answer = {
  status: 500,
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    message: 'Internal server error',
  }),
};
const throttled = 'The level of configured provisioned throughput for the table was exceeded.';

/**
 * Serves DynamoDB before its engine, with what DynamoDB does and the engine does not: transactions meet each other,
 * requests are throttled, answers are lost, batches are left undone in part, and reads that are not consistent are a
 * moment old.
 */
export async function serveFaults(
  engine: string,
  faults: Faults,
): Promise<LocalService & { readonly endpoint: string }> {
  const front = new Front(engine, faults);
  const server = createServer((request, response) => {
    buffer(request)
      .then((body) => front.answer(request.headers, body.toString()))
      .then(
        ({ status, body }) => reply(response, status, body),
        (fault: unknown) =>
          reply(response, 500, JSON.stringify({ __type: 'InternalServerError', message: String(fault) })),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    stop: () =>
      new Promise((resolve) => {
        front.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}

class Front {
  readonly #engine: string;
  readonly #faults: Faults;
  readonly #agent = new Agent({ keepAlive: true });
  /** When an item was written last, by table and key. */
  readonly #written = new Map<string, number>();
  /** Answers to reads that are not consistent, by operation and question. */
  readonly #answers = new Map<string, { readonly at: number; readonly body: string }>();
  /** Tokens of transactions whose answers were lost, which are done: the next call with one comes too early. */
  readonly #lost = new Map<string, { isAwaited: boolean }>();

  constructor(engine: string, faults: Faults) {
    this.#engine = engine;
    this.#faults = faults;
  }

  stop(): void {
    this.#agent.destroy();
  }

  async answer(headers: IncomingHttpHeaders, text: string): Promise<Answer> {
    const operation = String(headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    const parsed = requestSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return this.#pass(headers, text);
    const request = parsed.data;
    const fault = this.#refusal(operation, request);
    if (fault !== undefined) return fault;
    switch (operation) {
      case 'Query':
      case 'GetItem':
        return request.ConsistentRead
          ? this.#pass(headers, text)
          : this.#read(operation, request, headers, text);
      case 'BatchGetItem':
      case 'BatchWriteItem':
        return this.#batch(operation, request, headers, text);
      default: {
        const answer = await this.#pass(headers, text);
        if (answer.status !== 200) return answer;
        this.#note(request);
        const { ClientRequestToken: token = '' } = request;
        const isWrite = /^(Put|Update|Delete|TransactWrite)Items?$/.test(operation) && !this.#lost.has(token);
        if (!isWrite || !this.#faults.chance(probabilities.lost)) return answer;
        if (token !== '') this.#lost.set(token, { isAwaited: true });
        return lost;
      }
    }
  }

  #refusal(operation: string, request: Request): Answer | undefined {
    const { TransactItems: items } = request;
    if (operation === 'Query' && outsideOfRange(request)) {
      return errorOf(
        'ValidationException',
        'The provided starting key is outside query boundaries based on provided conditions',
      );
    }
    if (items !== undefined) {
      const done = this.#lost.get(request.ClientRequestToken ?? '');
      if (done) {
        const { isAwaited } = done;
        done.isAwaited = false;
        // Nothing can be in its way any more.
        return isAwaited
          ? errorOf('TransactionInProgressException', 'Transaction is in progress')
          : undefined;
      }
      if (this.#faults.chance(probabilities.conflict))
        return this.#cancelled(items.length, 'TransactionConflict');
      if (!this.#faults.chance(probabilities.throttle)) return undefined;
      const code = this.#faults.chance(0.5) ? 'ThrottlingError' : 'ProvisionedThroughputExceeded';
      return this.#cancelled(items.length, code);
    }
    if (/^(Put|Update|Delete)Item$/.test(operation) && this.#faults.chance(probabilities.conflict)) {
      return errorOf('TransactionConflictException', 'Transaction is ongoing for the item');
    }
    const isData = /Item$|^Query$|^Scan$/.test(operation);
    if (!isData || !this.#faults.chance(probabilities.throttle)) return undefined;
    return this.#faults.chance(0.5)
      ? errorOf('ProvisionedThroughputExceededException', throttled)
      : errorOf('ThrottlingException', throttled);
  }

  #cancelled(count: number, code: string): Answer {
    const at = this.#faults.below(count);
    const codes = Array.from({ length: count }, (_, index) => (index === at ? code : 'None'));
    const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
    return errorOf('TransactionCanceledException', message, {
      CancellationReasons: codes.map((Code) => (Code === 'None' ? { Code } : { Code, Message: code })),
    });
  }

  /** A read that need not be consistent: of now, or of a moment ago. */
  async #read(
    operation: string,
    request: Request,
    headers: IncomingHttpHeaders,
    text: string,
  ): Promise<Answer> {
    const question = `${operation} ${text}`;
    const known = this.#answers.get(question);
    const now = Date.now();
    if (
      known !== undefined &&
      now - known.at < longestDelay &&
      this.#faults.chance(probabilities.repeatedAnswer)
    ) {
      return { status: 200, body: known.body };
    }
    const answer = await this.#pass(headers, text);
    if (answer.status !== 200) return answer;
    const late = request.IndexName !== undefined && this.#faults.chance(probabilities.lateIndex);
    const body = late
      ? this.#without(request, answer.body, now - this.#faults.below(longestDelay))
      : answer.body;
    this.#remember(question, body, now);
    return { status: 200, body };
  }

  #remember(question: string, body: string, at: number): void {
    for (const [old, answer] of this.#answers) {
      if (at - answer.at < longestDelay) break;
      this.#answers.delete(old);
    }
    this.#answers.delete(question);
    this.#answers.set(question, { at, body });
  }

  /** A page of an index that has not heard yet of writes since a time. */
  #without({ TableName = '' }: Request, body: string, since: number): string {
    const page = pageSchema.parse(JSON.parse(body));
    const items = page.Items?.filter((one) => (this.#written.get(placeOf(TableName, one)) ?? 0) < since);
    if (items === undefined || items.length === page.Items?.length) return body;
    return JSON.stringify({ ...page, Items: items, Count: items.length });
  }

  /** A batch of which a part may be left undone. */
  async #batch(
    operation: string,
    request: Request,
    headers: IncomingHttpHeaders,
    text: string,
  ): Promise<Answer> {
    const [[table = '', asked] = []] = Object.entries(request.RequestItems ?? {});
    const list = Array.isArray(asked) ? asked : asked?.Keys;
    if (list === undefined || list.length < 2 || !this.#faults.chance(probabilities.unprocessed)) {
      return this.#pass(headers, text);
    }
    const done = 1 + this.#faults.below(list.length - 1);
    const part = (some: readonly unknown[]) => (Array.isArray(asked) ? some : { ...asked, Keys: some });
    const rest = Object.keys(request.RequestItems ?? {}).length === 1;
    if (!rest) return this.#pass(headers, text);
    const body = JSON.stringify({ ...request, RequestItems: { [table]: part(list.slice(0, done)) } });
    const answer = await this.#pass(headers, body);
    if (answer.status !== 200) return answer;
    const undone = operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems';
    const told = { ...JSON.parse(answer.body), [undone]: { [table]: part(list.slice(done)) } };
    return { status: 200, body: JSON.stringify(told) };
  }

  #note(request: Request): void {
    const writes = request.TransactItems?.flatMap((one) => Object.values(one)) ?? [request];
    for (const { TableName = '', Item, Key } of writes) {
      const place = Item ?? Key;
      if (place !== undefined) this.#written.set(placeOf(TableName, place), Date.now());
    }
    if (this.#written.size > 50_000) this.#written.clear();
  }

  #pass(headers: IncomingHttpHeaders, text: string): Promise<Answer> {
    const { host: _host, 'content-length': _length, 'transfer-encoding': _encoding, ...others } = headers;
    return new Promise((resolve, reject) => {
      send(
        this.#engine,
        {
          method: 'POST',
          agent: this.#agent,
          headers: { ...others, 'content-length': Buffer.byteLength(text) },
        },
        (response) => {
          buffer(response).then(
            (body) => resolve({ status: response.statusCode ?? 500, body: body.toString() }),
            reject,
          );
        },
      )
        .on('error', reject)
        .end(text);
    });
  }
}

function placeOf(table: string, { pk, sk }: z.infer<typeof item>): string {
  return JSON.stringify([table, pk, sk]);
}
