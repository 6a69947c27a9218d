import { type Segmentation, segmentText } from '#libs/domain';
import { type Partner, requireScope } from './partner.ts';

/** What sending a text would take, without sending it. */
export function estimateMessage({ input }: { input: { partner: Partner; message: string } }): Segmentation {
  requireScope(input.partner, 'send');
  return segmentText(input.message);
}
