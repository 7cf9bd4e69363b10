import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListEmailIdentitiesCommand, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MailService } from '../../local/contracts.ts';
import { startMail } from '../../local/mail/service.ts';

let dataDir: string;
let service: MailService;
let client: SESv2Client;
let page: Server;
const logged: string[] = [];

async function start(): Promise<void> {
  service = await startMail({
    dataDir,
    account: '000000000000',
    region: 'cn-north-1',
    partition: 'aws-cn',
    log: (line) => logged.push(line),
  });
  client = new SESv2Client({
    endpoint: service.endpoint,
    region: 'cn-north-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

async function stop(): Promise<void> {
  client.destroy();
  await service.stop();
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mail-'));
  logged.length = 0;
  await start();
  page = createServer((request, response) => void service.handle(request, response));
  await new Promise<void>((done) => page.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  page.closeAllConnections();
  await new Promise((done) => page.close(done));
  await stop();
  await rm(dataDir, { recursive: true, force: true });
});

const mail = (subject: string, to = 'reader@example.com') =>
  new SendEmailCommand({
    FromEmailAddress: 'software-support@example.com',
    Destination: { ToAddresses: [to] },
    Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: `申报 & <b>${subject}</b>` } } } },
  });

/** The page as people get it. */
async function shown(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${(page.address() as AddressInfo).port}/mail`)).text();
}

describe('mails on this machine', () => {
  it('are shown newest first, as text, and told of in one line without the address', async () => {
    const { MessageId } = await client.send(mail('first'));
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
    await client.send(mail('second'));
    const text = await shown();
    expect(text.indexOf('second')).toBeLessThan(text.indexOf('first'));
    expect(text).toContain('reader@example.com');
    expect(text).toContain('&#60;b&#62;first&#60;/b&#62;');
    expect(logged).toEqual(['[mail] first', '[mail] second']);
  });

  it('are there after a restart', async () => {
    expect(await shown()).toContain('There are none yet.');
    await client.send(mail('kept'));
    await stop();
    await start();
    expect(await shown()).toContain('kept');
  });

  it('are refused as SES refuses them: no address, no signature, another action', async () => {
    await expect(client.send(mail('x', 'no address'))).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(client.send(new ListEmailIdentitiesCommand({}))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    const unsigned = await fetch(`${service.endpoint}/v2/email/outbound-emails`, {
      method: 'POST',
      body: '{}',
    });
    expect(unsigned.status).toBe(403);
    expect(logged).toEqual([]);
  });
});
