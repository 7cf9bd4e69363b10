import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwardRow, awardCsv } from '../builders/award-csv.ts';
import { publishedUscc } from '../builders/content.ts';
import { workbook } from '../builders/workbook.ts';
import { arrangement } from '../files/list-layouts.ts';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { runOps } from '../support/ops.ts';
import { eventually, json } from '../support/story.ts';

const scheme = '穗工信规字〔2021〕3号';
const imports = `/v1/registry/schemes/${encodeURIComponent(scheme)}/imports`;

let system: JourneyInstance;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'registry-journey-'));
  system = await startJourneyInstance();
}, 120_000);
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `npm run ops -- registry import` against the system. */
const importFile = (file: string, ...options: readonly string[]) =>
  runOps(
    system.current,
    'operator-1',
    'registry',
    'import',
    file,
    '--scheme',
    scheme,
    '--env',
    'local',
    ...options,
  );

const rows = (count: number, changes: (index: number) => Partial<AwardRow> = () => ({})) =>
  awardCsv(
    ...Array.from({ length: count }, (_, index) => ({
      award_id: `G-${index}`,
      matter_detail: `g${index}`,
      project_name: `珠江航道${index}号智能调度平台`,
      ...changes(index),
    })),
  );

describe('a file of another scheme', () => {
  it('is uploaded by the program, imported by the workflow, and what is wrong with it shown', async () => {
    const file = join(folder, 'awards.csv');
    writeFileSync(
      file,
      rows(400, (index) => (index === 7 ? { year: 'soon' } : {})),
    );
    const first = await importFile(file);
    expect(first.out).toMatch(/400 +399 +0 +1\n/);
    expect(first.out).toMatch(/\n9 +year +error +wanted: a year/);
    expect(first.err).toContain('uploading');
    expect(first.code).toBe(1);

    writeFileSync(file, rows(400));
    const mended = await importFile(file, '--json');
    expect(mended.code).toBe(0);
    expect(JSON.parse(mended.out)).toMatchObject({
      ...{ status: 'done', rows: 400, imported: 1, unchanged: 399, faulty: 0, progress: 1, report: [] },
      rowsPerSecond: expect.any(Number),
    });
  }, 120_000);

  it('may be a workbook in a form of its own', async () => {
    const mapping = {
      columns: { uscc: '信用代码', name: '单位', year: '日期', projectName: '项目', amount: '金额（万元）' },
      ...{ level: 'municipal', matterKind: 'dcmm', amountUnit: 'wan-yuan', yearFormat: 'YYYY-MM-DD' },
    };
    const path = `/v1/registry/schemes/${encodeURIComponent(scheme)}/mapping`;
    expect((await system.call('operator-1', 'PUT', path, { body: mapping })).status).toBe(200);
    expect(json(await system.call('operator-1', 'GET', path))['mapping']).toMatchObject(mapping);
    const file = join(folder, 'awards.xlsx');
    const date = { xml: '<c s="1"><v>45352</v></c>' };
    const headings = ['信用代码', '单位', '项目', '日期', '金额（万元）'];
    const award = [publishedUscc, '广州示例云帆软件有限公司', '岭南古建筑数字化测绘平台', date, 12.5];
    writeFileSync(file, workbook([{ name: '表', rows: [headings, award] }]));
    const { code, out } = await importFile(file);
    expect(out).toMatch(/1 +1 +0 +0\n/);
    expect(code).toBe(0);
    const query = new URLSearchParams({ q: '广州市岭南古建筑数字化测绘系统（二期）' });
    const found = json(await system.call('reviewer-miit-1', 'GET', `/v1/registry/awards?${query}`));
    expect((found['items'] as object[])[0]).toMatchObject({ scheme, year: 2024, amountFen: 12_500_000 });
  }, 120_000);

  it('may be a list as an office publishes it, whose enterprises a person finds out where names do not tell', async () => {
    const mapping = join(folder, 'mapping.json');
    const own = { columns: { name: '单位名称', projectName: '项目名称', amount: '补助资金' } };
    const same = { year: 2026, level: 'municipal', matterKind: 'project', amountUnit: 'stated' };
    writeFileSync(mapping, JSON.stringify({ ...own, ...same }));
    const ops = (...args: readonly string[]) =>
      runOps(system.current, 'operator-1', 'registry', ...args, '--env', 'local');
    expect((await ops('mapping', mapping, '--mapping', '安排计划')).out).toContain('安排计划');
    const file = join(folder, 'list.xlsx');
    writeFileSync(file, arrangement.content());
    const list = [
      'import',
      file,
      '--scheme',
      '穗示例规〔2026〕9号',
      '--mapping',
      '安排计划',
      '--year',
      '2025',
    ];
    const dry = await ops(...list, '--dry-run');
    expect(dry.out).toMatch(/4 +open +广州示例云帆软件有限公司 +6000000\.00|4 +award .*6000000\.00/);
    const imported = JSON.parse((await ops(...list, '--json')).out) as { importId: string; open: number };
    expect(imported).toMatchObject({ status: 'done', rows: 3, faulty: 0 });
    const open = (await ops('rows', imported.importId)).out.match(/^\d+(?=.* open )/gmu) ?? [];
    expect(open.length).toBe(imported.open);
    const row = open.at(-1) ?? '';
    const decided = await ops(
      'decide',
      imported.importId,
      row,
      '--uscc',
      publishedUscc,
      '--reason',
      '已核对营业执照',
    );
    expect(decided).toMatchObject({ code: 0, out: `row ${row}: taken, imported\n` });
    const query = new URLSearchParams({ q: '数据管理能力成熟度三级' });
    const found = json(await system.call('operator-1', 'GET', `/v1/registry/awards?${query}`));
    const award = { scheme: '穗示例规〔2026〕9号', year: 2025, amountFen: 20_000_000 };
    expect(found['items']).toContainEqual(expect.objectContaining(award));
  }, 120_000);

  it('that nobody declared so is refused by the bucket, and its import waits', async () => {
    const asked = await system.call('operator-1', 'POST', imports, {
      body: {
        ...{ fileName: 'a.csv', contentType: 'text/csv', bytes: 3, sha256: 'a'.repeat(64) },
      },
    });
    expect(asked.status).toBe(201);
    const { import: view, upload } = json(asked) as {
      import: { importId: string };
      upload: { url: string; headers: Record<string, string> };
    };
    const sent = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: 'abc' });
    expect(sent.status).toBe(400);
    const path = `/v1/registry/imports/${view.importId}`;
    expect(json(await system.call('operator-1', 'GET', path))['status']).toBe('awaiting-upload');
    expect((await system.call('reviewer-miit-1', 'GET', path)).status).toBe(403);
  });

  it('goes on where it was when the system is stopped and started again', async () => {
    const file = join(folder, 'many.csv');
    const other = '穗示例规〔2026〕2号';
    writeFileSync(file, rows(2300));
    const importing = importFile(file, '--scheme', other);
    const running = async () => {
      const { items } = json(await system.call('operator-1', 'GET', '/v1/registry/imports')) as {
        items: { scheme: string; status: string; rows: number }[];
      };
      return items.find((item) => item.scheme === other);
    };
    await eventually(running, (seen) => seen?.status === 'running');
    await system.restart();
    await importing;
    // A part of a thousand rows takes its time on a machine that is busy.
    let ended = await running();
    while (ended?.status === 'running') {
      await pause(200);
      ended = await running();
    }
    expect(ended).toMatchObject({ rows: 2300, imported: 2300, faulty: 0 });
  }, 180_000);
});
