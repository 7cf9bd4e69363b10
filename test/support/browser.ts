import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { unpackBrowser } from './browser-files.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts the browser that comes as a package: with its rules of security as everywhere. */
export async function startBrowser(): Promise<Browser> {
  const { program, environment } = await unpackBrowser();
  return chromium.launch({
    executablePath: program,
    env: { ...process.env, ...environment },
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-software-rasterizer'],
    ignoreDefaultArgs: ['--enable-unsafe-swiftshader'],
  });
}

/** Somebody before a browser of their own. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained of: scripts that failed, rules of the content security policy that were broken. */
  readonly complaints: readonly string[];
}

/** Opens a window of its own, with nothing of others in it. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1366, height: 768 },
    ...options,
  });
  const complaints: string[] = [];
  context.on('page', (page) => listen(page, complaints));
  const page = await context.newPage();
  return { context, page, complaints };
}

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    // A refused request is part of the course; a page says so in words.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
}

/** Logs in by the demo's page of people, and comes back to the page that it began from. */
export async function logIn(page: Page, user: string): Promise<void> {
  await page
    .getByRole('banner')
    .getByRole('button', { name: /^(登录|Log in)$/ })
    .click();
  await page.locator(`button[value="${user}"]`).click();
  await page.getByRole('button', { name: /^(退出登录|Log out)$/ }).waitFor();
}

/** Waits until a text is shown: in one place or in several, as the same words may stand in a list and in a time line. */
export async function see(
  where: Page | Locator,
  text: string | RegExp,
  how: { exact?: boolean } = {},
): Promise<void> {
  await where.getByText(text, how).first().waitFor();
}

/** What axe finds wrong with a page as it stands (WCAG 2.2 AA and good practice), as lines. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Past the content security policy, as a debugger is.
  const session = await page.context().newCDPSession(page);
  try {
    const known = await session.send('Runtime.evaluate', { expression: 'typeof axe' });
    if (known.result.value === 'undefined') await session.send('Runtime.evaluate', { expression: axe });
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(
        violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary))))`,
      awaitPromise: true,
    });
    return JSON.parse(String(result.value));
  } finally {
    await session.detach();
  }
}
