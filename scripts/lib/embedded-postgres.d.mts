export function preparePostgres(options: { folder: string; password: string }): Promise<void>;
export function startPostgres(options: {
  folder: string;
  password: string;
  durable: boolean;
}): Promise<{ url: string; port: number; pid: number; stop(): Promise<unknown> }>;
