import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { synthesize } from '../../local/assembly.ts';
import { startBrowser } from '../support/browser.ts';
import { type Running, startSystem } from '../support/running-system.ts';

const targets = { lcpMs: 2_500, tbtMs: 300, cls: 0.1 };
const pages = ['/', '/measures', '/measures/dcmm', '/check', '/awards', '/register'];
/** 1.6 Mbit/s each way and 150 ms, on a machine four times as slow as this one. */
const line = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 };
const slowness = 4;
/** How long a page is looked at: what comes later is no part of its loading. */
const watchedMs = 6_000;

/**
 * `npm run bench -- portal [--rounds N] [--json]`: public pages as an office PC on a slow line loads them for the first time:
 * largest contentful paint and total blocking time in ms, cumulative layout shift, and bytes received. One line of JSON a page,
 * with the median of the rounds.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is from 1');
  const report = (text: string) => {
    if (!values.json) console.error(text);
  };
  const folder = await mkdtemp(join(tmpdir(), 'bench-portal-'));
  const [assemblyDir, dataDir] = [join(folder, 'assembly'), join(folder, 'data')];
  let system: Running | undefined;
  let browser: Browser | undefined;
  try {
    report('synthesizing');
    await synthesize({ environment: 'local', outDir: assemblyDir, log: () => {} });
    system = await startSystem({ dataDir, assemblyDir, users: [] });
    browser = await startBrowser();
    // Functions that were never called start once.
    for (const page of pages) await load(browser, system.url, page);
    let isWithin = true;
    for (const page of pages) {
      const loads: Load[] = [];
      for (let round = 0; round < rounds; round += 1) loads.push(await load(browser, system.url, page));
      const median = (of: (load: Load) => number) => loads.map(of).sort((a, b) => a - b)[rounds >> 1] ?? 0;
      const measured = {
        lcpMs: Math.round(median(({ lcpMs }) => lcpMs)),
        tbtMs: Math.round(median(({ tbtMs }) => tbtMs)),
        cls: Math.round(median(({ cls }) => cls) * 1_000) / 1_000,
        kilobytes: Math.round(median(({ bytes }) => bytes) / 1_024),
      };
      console.log(JSON.stringify({ page, ...measured }));
      isWithin &&=
        measured.lcpMs <= targets.lcpMs && measured.tbtMs <= targets.tbtMs && measured.cls <= targets.cls;
    }
    report(isWithin ? 'within the targets' : `beyond ${JSON.stringify(targets)}`);
  } finally {
    await browser?.close();
    await system?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Load {
  readonly lcpMs: number;
  readonly tbtMs: number;
  readonly cls: number;
  readonly bytes: number;
}

/** Loads a page in a browser that has never seen it. */
async function load(browser: Browser, url: string, path: string): Promise<Load> {
  const context = await browser.newContext({
    locale: 'zh-CN',
    viewport: { width: 1366, height: 768 },
    baseURL: url,
  });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', line);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
    let bytes = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.addInitScript({ content: observe });
    await page.goto(path, { waitUntil: 'commit' });
    await page.waitForTimeout(watchedMs);
    const seen: Omit<Load, 'bytes'> = await page.evaluate('seen');
    return { ...seen, bytes };
  } finally {
    await context.close();
  }
}

/** Runs in the page, before anything of it. What a task takes beyond 50 ms blocks whoever wants to act. */
const observe = `
  globalThis.seen = { lcpMs: 0, tbtMs: 0, cls: 0 };
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch('largest-contentful-paint', ({ startTime }) => { seen.lcpMs = startTime; });
  watch('longtask', ({ duration }) => { seen.tbtMs += Math.max(0, duration - 50); });
  watch('layout-shift', ({ value }) => { seen.cls += value; });
`;
