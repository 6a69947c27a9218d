import type { Action, Endpoint } from '../actions/index.ts';
import { ENDPOINTS } from '../actions/index.ts';
import { requestPath } from './curl.ts';

type Json = Record<string, unknown>;

/** A Postman collection, format 2.1: every action with its example and its replies. Fill in `api_key`. */
export function postmanCollection(baseUrl: string): Json {
  return {
    info: {
      name: 'Partner API',
      description: `The guide: ${baseUrl}/docs/quickstart`,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{api_key}}', type: 'string' }] },
    variable: [
      { key: 'base_url', value: baseUrl, type: 'string' },
      { key: 'api_key', value: '', type: 'string' },
    ],
    item: ENDPOINTS.map((endpoint) => ({
      name: endpoint.path,
      item: [...endpoint.actions.values()].map((action) => itemOf(endpoint, action)),
    })),
  };
}

function itemOf(endpoint: Endpoint, action: Action): Json {
  const request = requestOf(endpoint, action);
  return {
    name: `${action.name}: ${action.summary}`,
    request,
    response: action.replies.map(({ status, when, example }) => ({
      name: `${status}: ${when}`,
      originalRequest: request,
      status: STATUS_WORDS[status] ?? '',
      code: status,
      _postman_previewlanguage: 'json',
      header: [{ key: 'Content-Type', value: 'application/json' }],
      body: JSON.stringify(example, null, 2),
    })),
  };
}

function requestOf(endpoint: Endpoint, action: Action): Json {
  const [path = '', query = ''] = requestPath(endpoint, action, action.inputExample).split('?');
  const posted = action.method === 'POST';
  return {
    method: action.method,
    description: action.description,
    header: posted ? [{ key: 'Content-Type', value: 'application/json' }] : [],
    url: {
      raw: `{{base_url}}${path}${query && `?${query}`}`,
      host: ['{{base_url}}'],
      path: path.split('/').slice(1),
      query: [...new URLSearchParams(query)].map(([key, value]) => ({ key, value })),
    },
    ...(posted
      ? {
          body: {
            mode: 'raw',
            raw: JSON.stringify(action.inputExample, null, 2),
            options: { raw: { language: 'json' } },
          },
        }
      : {}),
  };
}

const STATUS_WORDS: Record<number, string> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };
