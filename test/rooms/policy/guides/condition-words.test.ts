import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  conditionEnvironment,
  conditionFault,
} from '../../../../functions/policy/guides/condition-environment.ts';
import { celWords } from '../../../../functions/policy/guides/condition-words.ts';

const title = { zh: '等级', en: 'Level' };
const environment = conditionEnvironment({ facts: [{ id: 'level', type: 'integer', title }] });

it.each([
  ['facts.level >', '第 14 个字符处：此处不应为结尾', 'at character 14: there is the end where it cannot be'],
  ['(facts.level > 1', '第 17 个字符处：此处应为“)”', 'at character 17: there has to be ")" here'],
  [
    'facts.level ＞ 3',
    '第 13 个字符处：此处的字符“＞”无法识别',
    'at character 13: the character "＞" cannot be read here',
  ],
  ['"甲" == "乙', '第 8 个字符处：文字缺少结束的引号', 'at character 8: the text has no closing quote'],
  [
    '"\\q" == "a"',
    '第 2 个字符处：文字中的转义“\\q”写法有误',
    'at character 2: the escape "\\q" in the text is not one',
  ],
  [
    'for == 1',
    '第 1 个字符处：“for”是保留字，不能作名称',
    'at character 1: "for" is a word of the language and no name',
  ],
  [
    'today == "a"',
    '第 1 个字符处：没有名为“today”的值',
    'at character 1: there is no value of the name "today"',
  ],
  [
    'facts.$1 == 1',
    '第 7 个字符处：此处的字符“$”无法识别',
    'at character 7: the character "$" cannot be read here',
  ],
  ['facts.grade == 1', '第 7 个字符处：其中没有“grade”一项', 'at character 7: it has no field "grade"'],
  [
    'facts.level && true',
    '第 1 个字符处：此处应为是或否（“bool”），实为“int”',
    'at character 1: it has to be "bool" here, and is "int"',
  ],
  [
    'facts.level > "3"',
    '第 1 个字符处：此处的类型不能作这样的运算：“int > string”',
    'at character 1: these types do not go together here: "int > string"',
  ],
  [
    'year.nothing()',
    '第 1 个字符处：没有可如此调用的函数：“int.nothing()”',
    'at character 1: there is no function that is called so: "int.nothing()"',
  ],
  [
    'true ? 1 : "a"',
    '第 1 个字符处：条件的两种结果类型应当相同',
    'at character 1: both results of a choice are of one type',
  ],
  [
    '[1, "a"] == []',
    '第 5 个字符处：各项的类型应当相同，此处为“string”',
    'at character 5: all entries are of one type, and this is "string"',
  ],
  ['facts.level', '结果为“int”，而非是或否（“bool”）', 'it gives "int", not "bool"'],
])('says of %s where it is wrong and how', (expression, zh, en) => {
  expect(conditionFault(environment, expression)).toEqual({ zh, en });
});

it('has words for every fault that the compiler knows', async () => {
  const folder = new URL('../../../../node_modules/@marcbachmann/cel-js/lib/', import.meta.url);
  const files = ['parser', 'macros', 'operators', 'optional', 'type-checker'];
  const sources = await Promise.all(files.map((file) => readFile(new URL(`${file}.js`, folder), 'utf8')));
  const codes = sources.flatMap((source) =>
    [
      ...source.matchAll(/(?:parseError|createError)\(\s*(?:\w+ \? )?'([a-z_]+)'(?: : '([a-z_]+)')?/g),
      ...source.matchAll(/^ {2}([a-z]+(?:_[a-z]+)+): (?:\(|'[A-Z])/gm),
    ].flatMap(([, one, other]) => [one, other].filter((code) => code !== undefined)),
  );
  expect(new Set(codes).size).toBeGreaterThan(30);
  expect(codes.filter((code) => !Object.hasOwn(celWords, code))).toEqual([]);
});
