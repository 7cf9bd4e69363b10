import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evidenceOf,
  evidencePartition,
  matterKey,
  matterKeyOf,
} from '../../../../functions/registry/awards/matter-key.ts';
import { foldNumber, looksAlike } from '../../../../functions/registry/awards/number-forms.ts';
import { dcmmContent, growthContent, publishedUscc } from '../../../builders/content.ts';
import { policy } from '../../../support/rooms.ts';

const dcmm = (await policy.requireItem('2026.1', 'dcmm')).item;
const growth = (await policy.requireItem('2026.1', 'growth-milestone')).item;

describe('the key of a matter', () => {
  it('is the enterprise and the level for dcmm', () => {
    expect(matterKey(dcmm, dcmmContent())).toBe(`dcmm:${publishedUscc}:3`);
  });

  it('is the enterprise and the tier for a revenue milestone', () => {
    expect(matterKey(growth, growthContent())).toBe(`growth-milestone:${publishedUscc}:REVENUE1B`);
  });

  it('agrees with the key that another scheme spells in its own way', () => {
    expect(matterKeyOf('growth-milestone', publishedUscc, 'Revenue－1b ')).toBe(
      matterKey(growth, growthContent()),
    );
  });

  it.each([
    ['open-source', ['project'], { project: '云帆 DB' }, '云帆DB'],
    ['new-company', [], {}, ''],
    ['growth-milestone', ['tier'], { tier: 'revenue-2b' }, 'REVENUE2B'],
    ['growth-scale', ['year'], { year: 2025 }, '2025'],
    ['dcmm', ['level'], { level: 4 }, '4'],
    ['first-release', ['copyright'], { copyright: '2025sr0123456' }, '2025SR0123456'],
    ['platform', ['platform', 'tier'], { platform: '云帆', tier: 'cross' }, '云帆/CROSS'],
    ['spun-off', ['spunOff'], { spunOff: false }, 'FALSE'],
    ['products', ['products'], { products: ['b-2', 'A 1', 'B2'] }, 'A1,B2'],
  ])('of the kind %s is made of the facts %j that the guide names', (kind, facts, stated, detail) => {
    const item = { ...dcmm, matter: { kind, facts } };
    const key = matterKey(item, dcmmContent({ facts: { ...stated, other: 'x' } }));
    expect(key).toBe(`${kind}:${publishedUscc}:${detail}`);
    expect(matterKeyOf(kind, publishedUscc, detail)).toBe(key);
  });

  it.each([['B2,A1'], ['Ａ１，b－2'], ['a1, b2, b2,']])(
    'of a list agrees with %j in another record',
    (detail) => {
      const item = { ...dcmm, matter: { kind: 'products', facts: ['products'] } };
      const content = dcmmContent({ facts: { products: ['b2', 'a1'] } });
      expect(matterKeyOf('products', publishedUscc, detail)).toBe(matterKey(item, content));
    },
  );

  it('does not depend on the order of a list, and keeps lists apart', () => {
    const item = { ...dcmm, matter: { kind: 'products', facts: ['products'] } };
    const keyOf = (products: string[]) => matterKey(item, dcmmContent({ facts: { products } }));
    const name = fc.stringMatching(/^[a-z0-9]{1,3}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (products) => {
        expect(keyOf(products.toReversed())).toBe(keyOf(products));
        expect(keyOf([...products, 'more'])).not.toBe(keyOf(products));
      }),
    );
  });

  it.each([[{}], [{ level: '' }], [{ level: ' - ' }], [{ level: [] }], [{ level: ['-'] }]])(
    'is not made of %j: it would stand for another matter',
    (facts) => {
      expect(() => matterKey(dcmm, dcmmContent({ facts }))).toThrow('level');
    },
  );
});

describe('a folded number', () => {
  it.each([
    ['ｄｃｍｍ－２０２６－０００１', 'DCMM20260001'],
    ['dcmm 2026 0001', 'DCMM20260001'],
    ['DCMM—2026–0001', 'DCMM20260001'],
    ['DCMM\u200B-2026\u00AD-0001', 'DCMM20260001'],
    ['软著登字第 0001 号', '软著登字0001'],
    ['軟著登字第0001號', '软著登字0001'],
    ['软著登字（0001）', '软著登字0001'],
    ['穗软合〔2023〕12号', '穗软合202312'],
    ['穗软合[2023]第12号', '穗软合202312'],
    ['穗软合（２０２３）１２號', '穗软合202312'],
    ['穗软合【2023】12', '穗软合202312'],
    ['穗软合(2023)12号', '穗软合202312'],
    ['GZ/2023_001', 'GZ2023001'],
    ['GZ.2023·001', 'GZ2023001'],
    ['GZ－2023・001', 'GZ2023001'],
    ['证书编号：GZ-2023-001', 'GZ2023001'],
    ['證書編號: GZ-2023-001', 'GZ2023001'],
    ['编号GZ-2023-001号', 'GZ2023001'],
    ['DCMM证书号：GZ-2023-001', 'GZ2023001'],
    ['No. GZ-2023-001', 'GZ2023001'],
    ['№2023-001', '2023001'],
    ['Certificate No.: GZ-2023-001', 'GZ2023001'],
    ['(编号) GZ-2023-001', 'GZ2023001'],
    ['软著登字 No.0001', '软著登字0001'],
    ['穗软合〔二〇二三〕12号', '穗软合202312'],
    ['穗软合<2023>12号', '穗软合202312'],
    ['GZ∕2023⁄001', 'GZ2023001'],
    ['GZ#2023＃001', 'GZ2023001'],
    ['GZ⁃2023⸱001', 'GZ2023001'],
    ['GZ\u3164-2023\u115F\uFE0F-0\u034F01\u0000', 'GZ2023001'],
    ['Cert. No. GZ-2023-001', 'GZ2023001'],
    ['No GZ-2023-001', 'GZ2023001'],
    ['N° GZ-2023-001', 'GZ2023001'],
    ['#GZ-2023-001', 'GZ2023001'],
    ['合同NO：GZ-2023-001', 'GZ2023001'],
    ['证书编号为GZ-2023-001', 'GZ2023001'],
    ['证书编号∶GZ-2023-001', 'GZ2023001'],
    ['证书编号（Certificate No.）：GZ-2023-001', 'GZ2023001'],
    ['【证书编号】GZ-2023-001', 'GZ2023001'],
    ['GZ-2023-001号证书', 'GZ2023001'],
    ['GZ-2023-001（副本）', 'GZ2023001'],
    ['穗软合（2023年）12号', '穗软合202312'],
    ['穗软合2023年第12号', '穗软合202312'],
    ['穗软合〔贰零贰叁〕十二号', '穗软合202312'],
    ['【文号】穗软合〔2023〕12号文', '穗软合202312'],
    ['软著登字苐0001号', '软著登字0001'],
    ['软著登字#0001', '软著登字0001'],
    ['发票代码04400，发票号码17', '0440017'],
  ])('%j is the same number as %s', (spelling, number) => {
    expect(foldNumber(spelling)).toBe(number);
  });

  it.each([
    ['GZ-2023-001', 'GZ-2023-002'],
    ['GZ-2O23-001', 'GZ-2023-001'],
    ['软著登字第0001号', '0001'],
    ['视频编码平台', '音频编码平台'],
    ['视频编码平台', '平台'],
    ['云帆平台V1.0', '云帆平台V10'],
    ['C#引擎', 'C引擎'],
    ['十二号平台', '12号平台'],
  ])('%s is another one than %s', (one, other) => {
    expect(foldNumber(one)).not.toBe(foldNumber(other));
  });

  it.each(['ABCDEFGH', '软件著作权', 'NO.', '(', ' ', '第1年', 'A.', 'https:'])(
    'is folded when it is nothing but %j, many times',
    (text) => {
      expect(foldNumber(text.repeat(200)).length).toBeLessThanOrEqual(text.length * 200);
      expect(matterKeyOf('open-source', publishedUscc, text.repeat(200))).toContain(publishedUscc);
    },
  );

  it('does not change when it is folded again', () => {
    const spelling = fc
      .array(fc.constantFrom(...'aZ09-–— /:号第编證號NO.№(〔Ａｚ９－　\u200B'), { maxLength: 20 })
      .map((characters) => characters.join(''));
    fc.assert(fc.property(spelling, (text) => foldNumber(foldNumber(text)) === foldNumber(text)));
  });
});

describe('numbers that look alike', () => {
  it.each([
    ['GZ-2O23-OO1', 'GZ-2023-001'],
    ['GZ-2023-00I', 'GZ-2023-001'],
    ['GZ-2023-00l', 'GZ-2023-001'],
    ['GZ-2023-O01', 'GZ-2023-0I1'],
    ['GZ-2023-001', 'GZ-2023-002'],
    ['2023SR0123456', '2023SR012345'],
    ['2023SR0123456', '2023SR01223456'],
    ['2023SR0123456', '2023SR0124356'],
    ['软著登字第0123456号', '0123456'],
    ['2023ЅR0123456', '2023SR0123456'],
    ['GZ＝2023＋001', 'GZ-2023-001'],
    ['GZ一2023丨001', 'GZ-2023-001'],
    ['穗软合〔2023〕012号', '穗软合〔2023〕12号'],
  ])('%s and %s are a person to decide', (one, other) => {
    expect(looksAlike(one, other)).toBe(true);
    expect(looksAlike(other, one)).toBe(true);
  });

  it.each([
    ['GZ-2023-001', 'GZ/2023/001'],
    ['GZ-2023-001', 'GZ-2024-002'],
    ['Z-1', 'Z-2'],
    ['ABCDEFGH', 'ABCDEFGX'],
    ['0123456', '9990123457'],
    ['', 'GZ-2023-001'],
  ])('%s and %s are not: they are one, or two', (one, other) => {
    expect(looksAlike(one, other)).toBe(false);
  });
});

describe('a matter that is an address', () => {
  const keyOf = (detail: string) => matterKeyOf('open-source', publishedUscc, detail);
  const address = 'https://gitee.com/acme/vector-db';

  it.each([
    'https://gitee.com/acme/vector-db/',
    'https://gitee.com/acme/vector-db.git',
    'http://gitee.com/acme/vector-db',
    'HTTPS://GITEE.COM/acme/vector-db',
    'https://www.gitee.com/acme/vector-db',
    'gitee.com/acme/vector-db',
    'www.gitee.com/acme/vector-db/',
    'git@gitee.com:acme/vector-db.git',
    'ssh://git@gitee.com:22/acme/vector-db.git',
    'git+https://gitee.com/acme/vector-db',
    'git://gitee.com/acme/vector-db.git/',
    'https://user:token@gitee.com:443/acme/vector-db',
    'https://gitee.com/acme/vector-db?tab=readme#start',
    'https://gitee.com/acme//vector-db/tree/master',
    'https://gitee.com/acme/vector%2Ddb',
    'ｈｔｔｐｓ：／／ｇｉｔｅｅ．ｃｏｍ／acme／vector－db',
    ' <https://gitee.com/acme/vector-db> ',
    '项目地址：https://gitee.com/acme/vector-db',
    '代码仓库：gitee.com/acme/vector-db',
    'gitee.com:acme/vector-db.git',
    '//gitee.com/acme/vector-db',
    'https:gitee.com/acme/vector-db',
    'http:\\\\gitee.com\\acme\\vector-db',
    'https://gitee.com/acme/vector-db。',
    'https://gitee.com/acme/vector-db；',
    '（https://gitee.com/acme/vector-db）',
    '“https://gitee.com/acme/vector-db”',
    '[vector-db](https://gitee.com/acme/vector-db)',
    'https://gitee.com/acme/vector-db/stargazers',
    'https://m.gitee.com/acme/vector-db#/overview',
    'https://gitee.com/acme/./x/../vector-db',
    'https://gitee.com/acme/vector–db',
    'git clone https://gitee.com/acme/vector-db.git',
    'https://gitee.com/acme/vector\u200B-db\u3164',
  ])('is the same as %s', (spelling) => {
    expect(keyOf(spelling)).toBe(keyOf(address));
  });

  it.each([
    'https://gitee.com/acme/vectordb',
    'https://gitee.com/acme/vector_db',
    'https://gitee.com/acme/vector.db',
    'https://gitee.com/other/vector-db',
    'https://github.com/acme/vector-db',
    'https://gitee.com/acme',
    'https://git.acme.com/gitee.com/acme/vector-db',
    'acme/vector-db',
  ])('is another one than %s', (other) => {
    expect(keyOf(other)).not.toBe(keyOf(address));
  });

  it.each([
    ['https://git.acme.cn/#/acme/vector-db', 'https://git.acme.cn/#/acme/graph-db'],
    ['https://git.acme.cn/project/view?id=1', 'https://git.acme.cn/project/view?id=2'],
    ['https://git.acme.cn:8443/acme/vector-db', 'https://git.acme.cn:9443/acme/vector-db'],
  ])('%s is another one than %s', (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it.each([
    'https://gitee.com/acme/graph-db、https://gitee.com/acme/vector-db.git',
    'https://gitee.com/acme/vector-db；https://gitee.com/acme/graph-db',
    'https://gitee.com/acme/vector-db https://gitee.com/acme/graph-db/',
    'gitee.com/acme/vector-db\ngitee.com/acme/graph-db',
  ])('may be several: %j', (list) => {
    expect(keyOf(list)).toBe(keyOf('https://gitee.com/acme/vector-db,https://gitee.com/acme/graph-db'));
  });

  it('is not taken for a rare character of a name that stands beside it', () => {
    expect(keyOf(`\uE000,${address}`)).not.toBe(keyOf(address));
  });

  it('is the same in an application and in a record', () => {
    const item = { ...dcmm, matter: { kind: 'open-source', facts: ['repository'] } };
    const content = dcmmContent({ facts: { repository: 'https://Gitee.com/acme/vector-db.git' } });
    expect(matterKey(item, content)).toBe(keyOf(address));
    const both = { ...item, matter: { kind: 'open-source', facts: ['tier', 'repository'] } };
    const more = dcmmContent({ facts: { tier: 'A/B', repository: 'git@gitee.com:acme/vector-db.git' } });
    expect(matterKey(both, more)).toBe(keyOf(`a/b/${address}/`));
  });

  it('does not hide behind traditional characters', () => {
    expect(matterKeyOf('platform', publishedUscc, '雲帆數據治理')).toBe(
      matterKeyOf('platform', publishedUscc, '云帆数据治理'),
    );
  });
});

describe('evidence', () => {
  it('is read from the facts that the guide names', () => {
    const evidence = evidenceOf(dcmm, dcmmContent());
    expect(evidence).toEqual([{ kind: 'certificate', number: 'DCMM-2026-0001' }]);
    expect(evidence.map((piece) => evidencePartition(piece, publishedUscc))).toEqual([
      `EVIDENCE#certificate:DCMM20260001:${publishedUscc}`,
    ]);
  });

  it('is every number of a list, each once, and nothing that is so or not', () => {
    const item = {
      ...dcmm,
      evidence: [
        { kind: 'invoice', fact: 'invoices' },
        { kind: 'copyright', fact: 'registered' },
      ],
    };
    const facts = { invoices: ['A-1', 'B-2', 'a1', ' '], registered: true };
    const evidence = evidenceOf(item, dcmmContent({ facts }));
    expect(evidence.map(({ kind, number }) => [kind, foldNumber(number)])).toEqual([
      ['invoice', 'A1'],
      ['invoice', 'B2'],
    ]);
  });

  it.each([
    '无',
    '暂无',
    '/',
    '—',
    'N/A',
    'null',
    '详见附件',
    '待补',
    '同上',
    '000000',
    'XXXX',
    '\u200B\u3164',
  ])('is none where %j stands for it: two certificates of nobody are not one', (certificateNumber) => {
    expect(evidenceOf(dcmm, dcmmContent({ facts: { level: 3, certificateNumber } }))).toEqual([]);
  });

  it('is none where a number is empty or only hyphens', () => {
    expect(evidenceOf(dcmm, dcmmContent({ facts: { level: 3, certificateNumber: ' - ' } }))).toEqual([]);
    expect(evidenceOf(growth, growthContent())).toEqual([]);
  });
});
