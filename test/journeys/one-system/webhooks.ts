import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JourneyInstance } from '../../support/instance.ts';
import { eventually, type Json, json, Story } from '../../support/story.ts';

/** What other systems hear. Company 18. */
export function describeWebhooks(shared: () => JourneyInstance): void {
  let system: JourneyInstance;
  let server: Server;
  let url: string;
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      received.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
    system = shared();
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done));
  });

  const subscription = () => ({ url, eventTypes: ['ApplicationSubmitted'], description: 'Statistics' });
  const subscribe = (user: string, key: string, body: Json = subscription()) =>
    system.call(user, 'POST', '/v1/webhooks', { body, headers: { 'idempotency-key': key } });

  describe('a subscribed system', () => {
    it('hears of a submission, signed with the secret that was shown once', async () => {
      const created = await subscribe('operator-1', 'statistics-1');
      expect(created.status).toBe(201);
      const { webhookId, secret } = json(created);
      const again = await subscribe('operator-1', 'statistics-1');
      expect(json(again)).toEqual({ ...json(created), secret: undefined });
      const shown = await system.call('operator-1', 'GET', `/v1/webhooks/${webhookId}`);
      expect(json(shown)).toMatchObject({ webhookId, status: 'active', url });
      expect(json(shown)).not.toHaveProperty('secret');

      const story = new Story(system);
      const applicationId = await story.completeDraft(18);
      expect((await story.submit(18, applicationId)).status).toBe(202);
      const [message] = await eventually(
        async () => received.filter(({ body }) => body.includes(applicationId)),
        (messages) => messages.length > 0,
      );
      const {
        'webhook-id': id,
        'webhook-timestamp': at,
        'webhook-signature': signature,
      } = message?.headers ?? {};
      const key = Buffer.from(String(secret).replace('whsec_', ''), 'base64');
      const expected = createHmac('sha256', key).update(`${id}.${at}.${message?.body}`).digest('base64');
      expect(signature).toBe(`v1,${expected}`);
      expect(JSON.parse(message?.body ?? '')).toMatchObject({
        type: 'ApplicationSubmitted',
        data: { type: 'ApplicationSubmitted', applicationId, item: 'dcmm' },
      });

      const deliveries = await eventually(
        async () =>
          json(
            await system.call('operator-1', 'GET', `/v1/webhooks/${webhookId}/deliveries?status=delivered`),
          )['items'] as Json[],
        (items) => items.length > 0,
      );
      expect(deliveries).toMatchObject([{ deliveryId: id, attempts: 1, attemptLog: [{ statusCode: 204 }] }]);
      expect(system.logs.join('\n')).not.toContain(String(secret).slice('whsec_'.length));
    });

    it('is subscribed by operators alone, to a URL that can be sent to', async () => {
      expect((await subscribe('reviewer-miit-1', 'statistics-2')).status).toBe(403);
      const answer = await subscribe('operator-1', 'statistics-3', {
        ...subscription(),
        url: 'ftp://receiver.example',
      });
      expect(answer.status).toBe(400);
      expect(json(answer)['errors']).toMatchObject([{ path: 'url', rule: 'https' }]);
      const typed = await subscribe('operator-1', 'statistics-4', {
        ...subscription(),
        eventTypes: ['Nothing'],
      });
      expect(json(typed)['errors']).toMatchObject([{ path: 'eventTypes.0' }]);
    });
  });
}
