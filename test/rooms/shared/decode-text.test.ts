import { describe, expect, it } from 'vitest';
import { decodeText, looksLikeBig5 } from '../../../functions/shared/decode-text.ts';
import { big5, gb18030 } from '../../builders/gb18030.ts';

const simplified = '账号与户名不符，请核对后重新提交收款账户信息';
const traditional = '帳號與戶名不符，請核對後重新提交收款帳戶資料';

describe('the encoding of a text', () => {
  it.each([simplified, traditional, '广州市软件和信息技术服务业', '户名不符', '耐'])(
    'is GB18030 or UTF-8: %s',
    (text) => {
      expect(decodeText(Buffer.from(text))).toBe(text);
      expect(decodeText(gb18030(text))).toBe(text);
    },
  );

  it.each([traditional, '帳戶名稱不符', '數據治理平台（第二期），廣州'])(
    'is not guessed for Big5: %s',
    (text) => {
      expect(looksLikeBig5(big5(text))).toBe(true);
      expect(decodeText(big5(text))).toBeUndefined();
    },
  );
});
