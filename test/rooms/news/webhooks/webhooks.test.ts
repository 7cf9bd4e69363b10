import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { attemptLimit } from '../../../../functions/news/webhooks/back-off.ts';
import { createSubscription } from '../../../../functions/news/webhooks/create-subscription.ts';
import { deliverWebhooks } from '../../../../functions/news/webhooks/deliver-webhooks.ts';
import { DeliveryStore } from '../../../../functions/news/webhooks/delivery-store.ts';
import type { Networks } from '../../../../functions/news/webhooks/destination.ts';
import {
  listDeliveries,
  pingSubscription,
  replayDeliveries,
} from '../../../../functions/news/webhooks/manage-deliveries.ts';
import {
  endSubscription,
  listSubscriptions,
  rotateSecret,
} from '../../../../functions/news/webhooks/manage-subscription.ts';
import { queueWebhooks } from '../../../../functions/news/webhooks/queue-webhooks.ts';
import { createSender } from '../../../../functions/news/webhooks/sender.ts';
import { newSecret } from '../../../../functions/news/webhooks/signature.ts';
import { SubscriptionStore } from '../../../../functions/news/webhooks/subscription-store.ts';
import { webhookView } from '../../../../functions/news/webhooks/webhook-view.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { IdempotencyRecords } from '../../../../functions/shared/idempotency.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { Table } from '../../../../functions/shared/table.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';

const operator: Actor = { id: 'operator', roles: ['operator'] };
const start = new Date('2026-11-23T02:00:00Z');
const minuteMs = 60_000;
const dayMs = 86_400_000;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

let database: TestDynamoDb;
let client: DynamoDBDocumentClient;
let table: string;
let server: Server;
let base: string;
let now: Date;
let received: Received[];
/** How the receiver answers; the tests replace it. */
let answer: (response: ServerResponse, request: Received) => void;
const respond = (status: number, headers: Record<string, string> = {}) => {
  answer = (response) => response.writeHead(status, headers).end('thanks');
};

beforeAll(async () => {
  database = await startTestDynamoDb();
  table = database.tableNames.messages;
  client = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = {
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      path: request.url ?? '',
    };
    received.push(one);
    answer(response, one);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  client.destroy();
  await database.stop();
});
beforeEach(() => {
  now = start;
  received = [];
  respond(204);
  vi.spyOn(console, 'info').mockReturnValue();
  vi.spyOn(console, 'warn').mockReturnValue();
});
afterEach(async () => {
  // What one test leaves due is not the next one's.
  const { subscriptions } = await listSubscriptions(parts(), { limit: 100 });
  for (const { subscriptionId } of subscriptions) await endSubscription(parts(), subscriptionId);
  now = new Date(start.getTime() + 40 * dayMs);
  await deliverWebhooks(parts());
  vi.restoreAllMocks();
});

function parts(options: { networks?: Networks; resolved?: readonly string[]; timeoutMs?: number } = {}) {
  const { networks = 'any', resolved = ['127.0.0.1'], timeoutMs = 10_000 } = options;
  const resolve = async () => resolved;
  return {
    subscriptions: new SubscriptionStore(new Table(client, table)),
    deliveries: new DeliveryStore(new Table(client, table)),
    records: new IdempotencyRecords(new Table(client, table)),
    send: createSender({ networks, resolve, timeoutMs }),
    networks,
    resolve,
    clock: () => now,
    random: () => 0.5,
    newId: newUlid,
    newSecret,
  };
}

async function subscribe(path = '/hooks', eventTypes = ['ApplicationSubmitted']) {
  const { subscription, secret = '' } = await createSubscription(parts(), operator, {
    url: `${base}${path}`,
    eventTypes,
    description: 'Test receiver',
    idempotencyKey: newUlid(),
  });
  return { subscriptionId: subscription.subscriptionId, secret };
}

const event = (type = 'ApplicationSubmitted') => {
  const id = `${newUlid()}#1`;
  return { id, type, at: start.toISOString(), data: { id, type, item: 'core-tech' } };
};

function isSignedBy(secret: string, { headers, body }: Received): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(expected);
}

const list = async (subscriptionId: string, status: 'pending' | 'delivered' | 'dead' | 'cancelled') =>
  (await listDeliveries(parts(), subscriptionId, { status, limit: 100 })).deliveries;

/** Runs the schedule until nothing is due any more, as minutes pass. */
async function runDays(days: number, each = 10 * minuteMs): Promise<void> {
  const end = now.getTime() + days * dayMs;
  while (now.getTime() < end) {
    now = new Date(now.getTime() + each);
    await deliverWebhooks(parts());
  }
}

describe('an event', () => {
  it('is sent at once to whoever subscribed to its type, signed', async () => {
    const { subscriptionId, secret } = await subscribe();
    await subscribe('/others', ['ApplicationWithdrawn']);
    const submitted = event();
    expect(await queueWebhooks(parts(), submitted)).toEqual({ queued: 1, delivered: 1 });
    expect(received).toHaveLength(1);
    const [message] = received;
    if (!message) throw new Error('nothing received');
    expect(message.path).toBe('/hooks');
    expect(message.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-timestamp': String(start.getTime() / 1000),
      host: new URL(base).host,
    });
    expect(JSON.parse(message.body)).toEqual({
      type: 'ApplicationSubmitted',
      timestamp: submitted.at,
      data: submitted.data,
    });
    expect(isSignedBy(secret, message)).toBe(true);
    const [delivery] = await list(subscriptionId, 'delivered');
    expect(delivery).toMatchObject({
      deliveryId: message.headers['webhook-id'],
      attempts: 1,
      attemptLog: [{ at: start.toISOString(), statusCode: 204, durationMs: 0 }],
    });
  });

  it('that comes again is not sent again', async () => {
    await subscribe();
    const submitted = event();
    await queueWebhooks(parts(), submitted);
    expect(await queueWebhooks(parts(), submitted)).toEqual({ queued: 0, delivered: 0 });
    await runDays(1);
    expect(received).toHaveLength(1);
  });

  it('that comes twice at once is sent once', async () => {
    await subscribe();
    const submitted = event();
    const results = await Promise.all([1, 2, 3].map(() => queueWebhooks(parts(), submitted)));
    expect(results.reduce((sum, { queued }) => sum + queued, 0)).toBe(1);
    expect(received).toHaveLength(1);
  });

  it('goes to a receiver that is up while another one is down', async () => {
    const up = await subscribe('/up');
    const down = await subscribe('/down');
    answer = (response, { path }) => response.writeHead(path === '/up' ? 200 : 503).end();
    await queueWebhooks(parts(), event());
    expect(await list(up.subscriptionId, 'delivered')).toHaveLength(1);
    expect(await list(down.subscriptionId, 'pending')).toHaveLength(1);
  });
});

describe('a failed attempt', () => {
  it('is made again a minute later under the same id and a new time', async () => {
    const { subscriptionId, secret } = await subscribe();
    respond(500);
    await queueWebhooks(parts(), event());
    expect(await deliverWebhooks(parts())).toMatchObject({ delivered: 0, failed: 0 });
    respond(200);
    now = new Date(start.getTime() + minuteMs);
    expect(await deliverWebhooks(parts())).toMatchObject({ delivered: 1 });
    const [first, second] = received;
    if (!first || !second) throw new Error('not received twice');
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.body).toBe(first.body);
    expect(Number(second.headers['webhook-timestamp'])).toBe(Number(first.headers['webhook-timestamp']) + 60);
    expect(isSignedBy(secret, second)).toBe(true);
    const [delivery] = await list(subscriptionId, 'delivered');
    expect(delivery?.attemptLog.map(({ statusCode }) => statusCode)).toEqual([500, 200]);
    expect(JSON.stringify(delivery?.attemptLog)).not.toContain('thanks');
  });

  it('waits as long as the receiver asks for', async () => {
    const { subscriptionId } = await subscribe();
    respond(429, { 'retry-after': '1800' });
    await queueWebhooks(parts(), event());
    const [delivery] = await list(subscriptionId, 'pending');
    expect(delivery?.nextAttemptAt).toBe(new Date(start.getTime() + 30 * minuteMs).toISOString());
  });

  it('is the last after a day: the delivery is dead, and can be replayed', async () => {
    const { subscriptionId } = await subscribe();
    respond(500);
    await queueWebhooks(parts(), event());
    await runDays(1.2);
    expect(received).toHaveLength(attemptLimit);
    const [dead] = await list(subscriptionId, 'dead');
    expect(dead).toMatchObject({ attempts: attemptLimit });
    expect(dead?.nextAttemptAt).toBeUndefined();
    expect(console.warn).toHaveBeenCalledWith(
      expect.objectContaining({ message: 'webhook.dead', status: 500 }),
    );
    await runDays(1);
    expect(received).toHaveLength(attemptLimit);

    respond(200);
    expect(await replayDeliveries(parts(), subscriptionId, dead?.deliveryId)).toEqual({
      replayed: 1,
      more: false,
    });
    await expect(replayDeliveries(parts(), subscriptionId, dead?.deliveryId)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    expect(await deliverWebhooks(parts())).toMatchObject({ delivered: 1 });
    expect(received.at(-1)?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
    const [delivered] = await list(subscriptionId, 'delivered');
    expect(delivered).toMatchObject({ deliveryId: dead?.deliveryId, attempts: 1 });
    expect(delivered?.attemptLog).toHaveLength(attemptLimit + 1);
  });

  it('shows the subscription as failing after two days, until one succeeds', async () => {
    const { subscriptionId } = await subscribe();
    const shown = async () => webhookView(await parts().subscriptions.require(subscriptionId), now);
    respond(500);
    await queueWebhooks(parts(), event());
    expect(await shown()).toMatchObject({ status: 'active', failingSince: start.toISOString() });
    now = new Date(start.getTime() + 2 * dayMs);
    expect(await shown()).toMatchObject({ status: 'failing' });
    respond(200);
    await deliverWebhooks(parts());
    expect(await shown()).toMatchObject({ status: 'active' });
    expect(await shown()).not.toHaveProperty('failingSince');
  });

  it('of a receiver that is down is not waited for by the next event', async () => {
    await subscribe();
    respond(500);
    await queueWebhooks(parts(), event());
    expect(await queueWebhooks(parts(), event())).toEqual({ queued: 1, delivered: 0 });
    expect(received).toHaveLength(1);
  });
});

describe('an answer', () => {
  it.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    const { subscriptionId } = await subscribe();
    answer = (response, { path }) =>
      path === '/hooks'
        ? response.writeHead(status, { location: `${base}/elsewhere` }).end()
        : response.writeHead(200).end();
    await queueWebhooks(parts(), event());
    expect(received.map(({ path }) => path)).toEqual(['/hooks']);
    const [delivery] = await list(subscriptionId, 'pending');
    expect(delivery?.attemptLog[0]).toMatchObject({ statusCode: status });
  });

  it('410 ends the subscription and cancels what waits', async () => {
    const { subscriptionId } = await subscribe();
    respond(500);
    await queueWebhooks(parts(), event());
    await queueWebhooks(parts(), event());
    respond(410);
    now = new Date(start.getTime() + minuteMs);
    await runDays(0.1);
    expect(await parts().subscriptions.get(subscriptionId)).toMatchObject({
      status: 'ended',
      endedBy: 'receiver',
    });
    expect(await list(subscriptionId, 'cancelled')).toHaveLength(2);
    const sent = received.length;
    expect(await queueWebhooks(parts(), event())).toEqual({ queued: 0, delivered: 0 });
    await expect(replayDeliveries(parts(), subscriptionId, undefined)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    expect(received).toHaveLength(sent);
  });

  it('that does not come in time is a failure', async () => {
    const { subscriptionId } = await subscribe();
    answer = () => {};
    await queueWebhooks(parts({ timeoutMs: 200 }), event());
    const [delivery] = await list(subscriptionId, 'pending');
    expect(delivery?.attemptLog[0]).toMatchObject({ error: 'timeout' });
    expect(delivery?.attemptLog[0]).not.toHaveProperty('statusCode');
  });

  it('counts by its status when its body never ends, and no more than a little is read', async () => {
    const { subscriptionId } = await subscribe();
    let closed: Promise<void> = Promise.resolve();
    answer = (response) => {
      closed = new Promise((done) => response.on('close', done));
      response.writeHead(200);
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16 * 1024)));
      };
      response.on('drain', pour);
      pour();
    };
    await queueWebhooks(parts(), event());
    await closed;
    expect(await list(subscriptionId, 'delivered')).toHaveLength(1);

    answer = (response) => response.writeHead(200).write('slowly');
    await queueWebhooks(parts({ timeoutMs: 2000 }), event());
    expect(await list(subscriptionId, 'delivered')).toHaveLength(2);
  });

  it('of nobody is a failure', async () => {
    const { subscriptionId } = await subscribe();
    answer = (response) => response.destroy();
    await queueWebhooks(parts(), event());
    const [delivery] = await list(subscriptionId, 'pending');
    expect(delivery?.attemptLog[0]).toMatchObject({ error: 'ECONNRESET' });
  });
});

describe('private addresses', () => {
  it('get nothing when a public name has moved to one since', async () => {
    const { subscription } = await createSubscription(
      parts({ networks: 'public', resolved: ['93.184.215.14'] }),
      operator,
      {
        url: 'https://receiver.example/hooks',
        eventTypes: ['ApplicationSubmitted'],
        description: 'Rebinding',
        idempotencyKey: newUlid(),
      },
    );
    await queueWebhooks(parts({ networks: 'public', resolved: ['127.0.0.1'] }), event());
    expect(received).toHaveLength(0);
    const [delivery] = await list(subscription.subscriptionId, 'pending');
    expect(delivery?.attemptLog).toEqual([
      { at: start.toISOString(), error: 'public-address', durationMs: 0 },
    ]);
  });

  it('are refused at creation, with the field and the rule', async () => {
    const creation = createSubscription(parts({ networks: 'public', resolved: ['10.0.0.1'] }), operator, {
      url: 'https://receiver.example/hooks',
      eventTypes: ['ApplicationSubmitted'],
      description: 'Private',
      idempotencyKey: newUlid(),
    });
    await expect(creation).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'url', rule: 'public-address' }],
    });
  });

  it('are connected to as they were checked: the name is resolved once', async () => {
    const resolve = vi.fn(async () => ['127.0.0.1']);
    const send = createSender({ networks: 'any', resolve });
    const { port } = new URL(base);
    // A name that no other resolver knows.
    const url = `http://receiver.invalid:${port}/hooks`;
    expect(await send({ url, headers: {}, body: '{}', attempt: 1 })).toEqual({ statusCode: 204 });
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(received[0]?.headers.host).toBe(`receiver.invalid:${port}`);
  });
});

describe('two runs at once', () => {
  it('make one attempt between them', async () => {
    await subscribe();
    respond(500);
    await queueWebhooks(parts(), event());
    now = new Date(start.getTime() + minuteMs);
    respond(200);
    const counts = await Promise.all([1, 2, 3, 4].map(() => deliverWebhooks(parts())));
    expect(counts.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(1);
    expect(received).toHaveLength(2);
  });

  it('leave what a lost run had taken until its time is over, and then make it again', async () => {
    const { subscriptionId } = await subscribe();
    respond(500);
    await queueWebhooks(parts(), event());
    now = new Date(start.getTime() + minuteMs);
    respond(200);
    const [delivery] = await list(subscriptionId, 'pending');
    if (!delivery) throw new Error('nothing is pending');
    const taken = await parts().deliveries.claim(delivery, now);
    expect(await deliverWebhooks(parts())).toMatchObject({ delivered: 0, taken: 0 });
    now = new Date(now.getTime() + 3 * minuteMs);
    expect(await deliverWebhooks(parts())).toMatchObject({ delivered: 1 });
    // The lost one comes back to life, too late to say anything.
    if (!taken) throw new Error('not taken');
    expect(await parts().deliveries.settle(taken, { status: 'dead' })).toBe(false);
    expect(await list(subscriptionId, 'delivered')).toHaveLength(1);
  });

  it('end in a dead delivery when every attempt kills its run', async () => {
    const { subscriptionId } = await subscribe();
    respond(500);
    await queueWebhooks(parts(), event());
    const [delivery] = await list(subscriptionId, 'pending');
    if (!delivery) throw new Error('nothing is pending');
    for (let attempt = 1; attempt < attemptLimit; attempt += 1) {
      now = new Date(now.getTime() + 3 * minuteMs);
      expect(await parts().deliveries.claim(delivery, now)).toBeDefined();
    }
    now = new Date(now.getTime() + 3 * minuteMs);
    expect(await deliverWebhooks(parts())).toMatchObject({ dead: 1 });
    expect(await list(subscriptionId, 'dead')).toHaveLength(1);
    expect(received).toHaveLength(1);
  });

  it('leave a failing receiver in peace after a few attempts, and nobody waits behind it', async () => {
    const down = await subscribe('/down');
    answer = (response, { path }) => response.writeHead(path === '/down' ? 500 : 200).end();
    for (let index = 0; index < 20; index += 1) await queueWebhooks(parts(), event());
    const up = await subscribe('/up');
    await pingSubscription(parts(), up.subscriptionId);
    received = [];
    now = new Date(start.getTime() + minuteMs);
    expect(await deliverWebhooks(parts())).toMatchObject({ delivered: 1 });
    expect(received.filter(({ path }) => path === '/down').length).toBeLessThanOrEqual(6);
    expect(await list(down.subscriptionId, 'pending')).toHaveLength(20);
  });
});

describe('replay of all', () => {
  /** A delivery that no attempt could deliver. */
  async function bury(subscriptionId: string): Promise<void> {
    const { deliveries } = parts();
    const key = { subscriptionId, deliveryId: `evt_${createHash('md5').update(newUlid()).digest('hex')}` };
    await deliveries.create({ ...key, eventType: 'ApplicationSubmitted', body: '{}' }, now);
    const claimed = await deliveries.claim(key, now);
    if (!claimed) throw new Error('not claimed');
    await deliveries.settle(claimed, { status: 'dead' });
  }

  it('makes every dead delivery of the subscription due, once', async () => {
    const { subscriptionId } = await subscribe();
    const other = await subscribe('/other');
    await Promise.all(Array.from({ length: 60 }, () => bury(subscriptionId)));
    await bury(other.subscriptionId);
    expect(await replayDeliveries(parts(), subscriptionId, undefined)).toEqual({ replayed: 60, more: false });
    expect(await replayDeliveries(parts(), subscriptionId, undefined)).toEqual({ replayed: 0, more: false });
    expect(await list(other.subscriptionId, 'dead')).toHaveLength(1);
    await deliverWebhooks(parts());
    expect(received.map(({ path }) => path)).toEqual(Array(60).fill('/hooks'));
    expect(await list(subscriptionId, 'delivered')).toHaveLength(60);
  });

  it('knows no delivery of another subscription', async () => {
    const [one, two] = [await subscribe('/one'), await subscribe('/two')];
    await queueWebhooks(parts(), event());
    const [delivery] = await list(one.subscriptionId, 'delivered');
    await endSubscription(parts(), one.subscriptionId);
    await expect(
      replayDeliveries(parts(), two.subscriptionId, 'evt_00000000000000000000000000000000'),
    ).rejects.toMatchObject({ code: 'not-found' });
    await expect(replayDeliveries(parts(), one.subscriptionId, delivery?.deliveryId)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
  });
});

describe('a subscription', () => {
  it('is made once for a key, and its secret is shown once', async () => {
    const request = {
      url: `${base}/once`,
      eventTypes: ['ApplicationSubmitted', 'ApplicationSubmitted'],
      description: 'Once',
      idempotencyKey: newUlid(),
    };
    const answers = await Promise.all([1, 2].map(() => createSubscription(parts(), operator, request)));
    const again = await createSubscription(parts(), operator, request);
    expect(new Set([...answers, again].map(({ subscription }) => subscription.subscriptionId)).size).toBe(1);
    expect([...answers, again].filter(({ secret }) => secret !== undefined)).toHaveLength(1);
    expect(again.subscription.eventTypes).toEqual(['ApplicationSubmitted']);
    await expect(
      createSubscription(parts(), operator, { ...request, url: `${base}/twice` }),
    ).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('signs with both secrets during a rotation, and with the new one alone after it', async () => {
    const { subscriptionId, secret: old } = await subscribe();
    const { secret, previousEndsAt } = await rotateSecret(parts(), subscriptionId, 24);
    expect(previousEndsAt).toBe(new Date(start.getTime() + dayMs).toISOString());
    await queueWebhooks(parts(), event());
    now = new Date(start.getTime() + dayMs);
    await queueWebhooks(parts(), event());
    const [during, after] = received;
    if (!during || !after) throw new Error('not received twice');
    expect([isSignedBy(old, during), isSignedBy(secret, during)]).toEqual([true, true]);
    expect([isSignedBy(old, after), isSignedBy(secret, after)]).toEqual([false, true]);
  });

  it('drops a secret that others know at once', async () => {
    const { subscriptionId, secret: old } = await subscribe();
    const { secret } = await rotateSecret(parts(), subscriptionId, 0);
    await queueWebhooks(parts(), event());
    const [message] = received;
    if (!message) throw new Error('nothing received');
    expect([isSignedBy(old, message), isSignedBy(secret, message)]).toEqual([false, true]);
  });

  it('is rotated by one of two at once', async () => {
    const { subscriptionId } = await subscribe();
    const { promise: bothHaveRead, resolve: go } = Promise.withResolvers<void>();
    let read = 0;
    class ReadAtOnce extends SubscriptionStore {
      override async require(id: string) {
        const found = await super.require(id);
        read += 1;
        if (read === 2) go();
        await bothHaveRead;
        return found;
      }
    }
    const subscriptions = new ReadAtOnce(new Table(client, table));
    const at = { ...parts(), subscriptions };
    const results = await Promise.allSettled([1, 2].map(() => rotateSecret(at, subscriptionId, 24)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('keeps no secret where it is listed, none in a log, and none after its end', async () => {
    const lines: unknown[] = [];
    for (const level of ['info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((line) => void lines.push(line));
    }
    const { subscriptionId, secret } = await subscribe();
    await queueWebhooks(parts(), event());
    const { subscriptions } = await listSubscriptions(parts(), { limit: 100 });
    expect(JSON.stringify([subscriptions, lines])).not.toContain(secret.slice(6));
    // The old one would have signed for a week.
    await rotateSecret(parts(), subscriptionId, 168);
    await endSubscription(parts(), subscriptionId);
    await endSubscription(parts(), subscriptionId);
    const { Items } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `WEBHOOK-SECRET#${subscriptionId}` },
      }),
    );
    expect(Items).toEqual([]);
    await expect(rotateSecret(parts(), subscriptionId, 1)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
    await expect(endSubscription(parts(), newUlid())).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that ends cancels what waits for it', async () => {
    const { subscriptionId } = await subscribe();
    respond(500);
    await queueWebhooks(parts(), event());
    await endSubscription(parts(), subscriptionId);
    now = new Date(start.getTime() + minuteMs);
    expect(await deliverWebhooks(parts())).toMatchObject({ cancelled: 1 });
    expect(received).toHaveLength(1);
  });

  it('is sent nothing without a signature, when it ends while an attempt begins', async () => {
    const { subscriptionId } = await subscribe();
    const ending = parts();
    vi.spyOn(ending.subscriptions, 'secrets').mockImplementation(async (id, at) => {
      await endSubscription(parts(), id);
      return parts().subscriptions.secrets(id, at);
    });
    await queueWebhooks(ending, event());
    expect(received).toHaveLength(0);
    expect(await list(subscriptionId, 'cancelled')).toHaveLength(1);
  });

  it('is tried out by a ping', async () => {
    const { subscriptionId, secret } = await subscribe();
    const queued = await pingSubscription(parts(), subscriptionId);
    expect(queued).toMatchObject({ status: 'pending', eventType: 'ping', attempts: 0 });
    await deliverWebhooks(parts());
    const [message] = received;
    if (!message) throw new Error('nothing received');
    expect(isSignedBy(secret, message)).toBe(true);
    expect(JSON.parse(message.body)).toMatchObject({ type: 'ping', data: { subscriptionId } });
  });
});
