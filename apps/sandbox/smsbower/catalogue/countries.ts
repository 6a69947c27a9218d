/** Countries by SMSBower's own ids: SMS-Activate's numbering, and its own from 1001 on. */
export interface CountryRow {
  /** Null for the one row that the live service lists under an empty key. */
  id: number | null;
  eng: string;
  rus: string;
  chn: string;
  slug: string;
  /** Beginnings of its mobile numbers, country code first, and how many digits follow. */
  prefixes: readonly string[];
  digits: number;
  operators: readonly string[];
}

export const COUNTRIES: readonly CountryRow[] = [
  row(0, 'Russia', 'Россия', '俄罗斯', 'russia', ['7916', '7925', '7903'], 7, ['mts', 'megafon', 'beeline']),
  row(1, 'Ukraine', 'Украина', '乌克兰', 'ukraine', ['38067', '38050', '38063'], 7, [
    'kyivstar',
    'vodafone',
    'life',
  ]),
  row(2, 'Kazakhstan', 'Казахстан', '哈萨克斯坦', 'kazakhstan', ['7701', '7705', '7777'], 7, [
    'kcell',
    'beeline',
  ]),
  row(4, 'Philippines', 'Филиппины', '菲律宾', 'philippines', ['63917', '63905', '63998'], 7, [
    'globe',
    'smart',
  ]),
  row(6, 'Indonesia', 'Индонезия', '印度尼西亚', 'indonesia', ['62812', '62851', '62878'], 8, [
    'telkomsel',
    'axis',
  ]),
  row(7, 'Malaysia', 'Малайзия', '马来西亚', 'malaysia', ['6012', '6016', '6019'], 7, [
    'maxis',
    'digi',
    'celcom',
  ]),
  row(10, 'Vietnam', 'Вьетнам', '越南', 'vietnam', ['8490', '8491', '8498'], 7, ['mobifone', 'viettel']),
  row(15, 'Poland', 'Польша', '波兰', 'poland', ['48501', '48600', '48721'], 6, ['plus', 'play', 'orange']),
  row(16, 'United Kingdom', 'Великобритания', '英国', 'united-kingdom', ['447400', '447520', '447860'], 6, [
    'ee',
    'o2',
  ]),
  row(22, 'India', 'Индия', '印度', 'india', ['9198', '9197', '9170'], 8, ['airtel', 'jio']),
  row(36, 'Canada', 'Канада', '加拿大', 'canada', ['14162', '16045', '15147'], 6, []),
  row(43, 'Germany', 'Германия', '德国', 'germany', ['49151', '49176', '49157'], 8, ['telekom', 'o2']),
  row(48, 'Netherlands', 'Нидерланды', '荷兰', 'netherlands', ['3161', '3162', '3164'], 7, ['kpn', 'lebara']),
  row(52, 'Thailand', 'Таиланд', '泰国', 'thailand', ['6681', '6689', '6691'], 7, ['ais', 'dtac']),
  row(54, 'Mexico', 'Мексика', '墨西哥', 'mexico', ['5255', '5233', '5281'], 8, ['telcel', 'movistar']),
  row(56, 'Spain', 'Испания', '西班牙', 'spain', ['34612', '34655', '34699'], 6, ['movistar', 'orange']),
  row(62, 'Turkey', 'Турция', '土耳其', 'turkey', ['90532', '90542', '90505'], 7, ['turkcell', 'vodafone']),
  row(73, 'Brazil', 'Бразилия', '巴西', 'brazil', ['55119', '55219', '55319'], 8, ['vivo', 'claro', 'tim']),
  row(78, 'France', 'Франция', '法国', 'france', ['3361', '3362', '3366'], 7, ['orange', 'sfr']),
  row(86, 'Italy', 'Италия', '意大利', 'italy', ['39320', '39333', '39347'], 7, ['tim', 'windtre']),
  row(187, 'United States', 'США', '美国', 'united-states', ['12125', '13105', '14155'], 6, []),
  row(1001, 'Japan', 'Япония', '日本', 'japan', ['8190', '8180', '8170'], 8, []),
  row(1002, 'Korea', 'Корея', '韩国', 'korea', ['82102', '82105', '82109'], 7, []),
  row(
    null,
    'Faroe Islands',
    'Фарерские острова',
    '法罗群岛',
    'faroe-islands',
    ['29821', '29822', '29823'],
    4,
    [],
  ),
];

function row(
  id: number | null,
  eng: string,
  rus: string,
  chn: string,
  slug: string,
  prefixes: string[],
  digits: number,
  operators: string[],
): CountryRow {
  return { id, eng, rus, chn, slug, prefixes, digits, operators };
}

export function countryKey(row: CountryRow): string {
  return row.id === null ? '' : String(row.id);
}

/** The country of a request's parameter; the row without an id cannot be asked for. */
export function findCountry(parameter: string): CountryRow | undefined {
  return COUNTRIES.find(({ id }) => id !== null && String(id) === parameter);
}
