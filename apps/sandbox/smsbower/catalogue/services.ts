export interface ServiceRow {
  code: string;
  name: string;
  /** Price level against an ordinary service, in percent. */
  levelPercent: number;
}

export const SERVICES: readonly ServiceRow[] = [
  { code: 'kt', name: 'KakaoTalk', levelPercent: 90 },
  { code: 'tg', name: 'Telegram', levelPercent: 190 },
  { code: 'wa', name: 'WhatsApp', levelPercent: 170 },
  { code: 'go', name: 'Google, YouTube, Gmail', levelPercent: 75 },
  { code: 'ig', name: 'Instagram, Threads', levelPercent: 40 },
  { code: 'fb', name: 'Facebook', levelPercent: 45 },
  { code: 'vk', name: 'VK', levelPercent: 110 },
  { code: 'vi', name: 'Viber', levelPercent: 60 },
  { code: 'ds', name: 'Discord', levelPercent: 35 },
  { code: 'tw', name: 'X (Twitter)', levelPercent: 30 },
  { code: 'am', name: 'Amazon', levelPercent: 40 },
  { code: 'ub', name: 'Uber', levelPercent: 50 },
  { code: 'mm', name: 'Microsoft', levelPercent: 25 },
  { code: 'nf', name: 'Netflix', levelPercent: 30 },
  { code: 'ts', name: 'PayPal', levelPercent: 80 },
  { code: 'dr', name: 'OpenAI', levelPercent: 35 },
  { code: 'lf', name: 'TikTok', levelPercent: 30 },
  { code: 'mb', name: 'Yahoo', levelPercent: 30 },
  { code: 'oi', name: 'Tinder', levelPercent: 95 },
  { code: 'wx', name: 'Apple', levelPercent: 45 },
  { code: 'me', name: 'LINE', levelPercent: 85 },
  { code: 'wb', name: 'WeChat', levelPercent: 150 },
  { code: 'ya', name: 'Yandex', levelPercent: 55 },
  { code: 'hw', name: 'Alipay', levelPercent: 65 },
  { code: 'ot', name: 'Any other', levelPercent: 70 },
];

export function findService(code: string): ServiceRow | undefined {
  return SERVICES.find((service) => service.code === code);
}
