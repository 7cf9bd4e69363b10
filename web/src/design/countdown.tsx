import { useEffect, useState } from 'react';
import { serverNow } from '../data/api.ts';
import { time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';

const minute = 60_000;
const hour = 60 * minute;

/** How long something is still open, by the server's clock; in the last hour it says what happens at zero. */
export function Countdown({ until }: { readonly until: string }) {
  const t = useText();
  const { language } = useLanguage();
  const [now, setNow] = useState(serverNow);
  const left = Date.parse(until) - now;
  const isLast = left < hour;
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), isLast ? 1000 : minute);
    return () => clearInterval(timer);
  }, [isLast]);
  if (left <= 0) {
    return (
      <div className="told bad" role="alert">
        <p>
          {t({
            zh: '期限已过，不能再提交。已填写的内容仍保留。',
            en: 'The time is over and nothing can be submitted. What you filled in is kept.',
          })}
        </p>
      </div>
    );
  }
  const days = Math.floor(left / (24 * hour));
  const [hours, minutes, seconds] = [
    Math.floor(left / hour) % 24,
    Math.floor(left / minute) % 60,
    Math.floor(left / 1000) % 60,
  ];
  return (
    <div className={isLast ? 'told warn' : 'told'}>
      <p>
        {t({
          zh: `截止：${time(until, language)}（北京时间），还有 `,
          en: `Until ${time(until, language)} (Beijing time). Left: `,
        })}
        <strong>
          {days > 0
            ? t({ zh: `${days} 天 ${hours} 小时`, en: `${days} d ${hours} h` })
            : isLast
              ? t({ zh: `${minutes} 分 ${seconds} 秒`, en: `${minutes} min ${seconds} s` })
              : t({ zh: `${hours} 小时 ${minutes} 分`, en: `${hours} h ${minutes} min` })}
        </strong>
      </p>
      {isLast && (
        <p>
          {t({
            zh: '服务器在截止时刻前收到的提交有效；之后不再接收，草稿仍会保留。',
            en: 'What the server receives before that instant counts. After it nothing is taken; the draft is kept.',
          })}
        </p>
      )}
    </div>
  );
}
