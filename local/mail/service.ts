/** Simple Email Service: takes mails, sends none of them anywhere, and shows them to the people of this machine. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import type { MailService, ServiceOptions } from '../contracts.ts';
import { MailBox } from './mail-box.ts';
import { mailPage } from './mail-page.ts';

const sendPath = '/v2/email/outbound-emails';

const addressSchema = z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, { error: 'is no address' });
const partSchema = z.strictObject({ Data: z.string(), Charset: z.string().optional() });
const requestSchema = z.strictObject({
  FromEmailAddress: addressSchema,
  Destination: z.strictObject({ ToAddresses: z.array(addressSchema).min(1).max(50) }),
  Content: z.strictObject({
    Simple: z.strictObject({ Subject: partSchema, Body: z.strictObject({ Text: partSchema }) }),
  }),
});

/** Starts the service on a free port of the loopback; mails are kept in the data dir. */
export async function startMail(options: ServiceOptions): Promise<MailService> {
  const box = new MailBox(options.dataDir);

  async function answer(request: IncomingMessage): Promise<[number, string | undefined, unknown]> {
    const body = await text(request);
    const path = `${request.method} ${request.url}`;
    if (path !== `POST ${sendPath}`)
      return refusal(404, 'NotFoundException', `${path} is not supported here`);
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
      return refusal(403, 'MissingAuthenticationTokenException', 'the request is not signed');
    }
    const parsed = requestSchema.safeParse(readJson(body));
    if (!parsed.success) return refusal(400, 'BadRequestException', z.prettifyError(parsed.error));
    const { FromEmailAddress, Destination, Content } = parsed.data;
    const mail = {
      id: randomUUID(),
      at: new Date().toISOString(),
      from: FromEmailAddress,
      to: Destination.ToAddresses,
      subject: Content.Simple.Subject.Data,
      text: Content.Simple.Body.Text.Data,
    };
    box.add(mail);
    options.log(`[mail] ${mail.subject}`);
    return [200, undefined, { MessageId: mail.id }];
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ([status, errorType, body]) => {
        response
          .writeHead(status, {
            'content-type': 'application/json',
            'x-amzn-requestid': randomUUID(),
            ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
          })
          .end(JSON.stringify(body));
      },
      (fault: unknown) => {
        options.log(`mail: ${fault instanceof Error ? fault.message : String(fault)}`);
        response.writeHead(500).end();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('mail: no port to listen on');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    keep: ({ to, ...message }) =>
      box.add({ id: randomUUID(), at: new Date().toISOString(), from: 'gateway', to: [to], ...message }),
    handle: async (_, response) => {
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        })
        .end(mailPage(box.newest(200)));
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refusal(status: number, type: string, message: string): [number, string, unknown] {
  return [status, type, { message }];
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
