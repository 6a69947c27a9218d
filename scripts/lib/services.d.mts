export interface Services {
  databaseUrl: string;
  redisUrl: string;
  postgresPid: number;
  redisPid: number;
  release(): Promise<void>;
  onLost(callback: () => void): void;
}

export function acquireServices(options: {
  folder: string;
  postgres?: boolean;
  redis?: boolean;
  durable?: boolean;
  watchPid?: number;
  maxSeconds?: number;
  temporary?: boolean;
}): Promise<Services>;

export function stopServices(folder: string): Promise<void>;
