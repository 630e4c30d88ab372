// The looks at the world that an operator can take: they change nothing, and send nothing.

import type { Outcome } from '#accounts/refusal.ts'
import { type ProbeMxNeeds, probeMx } from './probe-mx.ts'
import { type ProbeSmtpNeeds, probeSmtp } from './probe-smtp.ts'
import type { MxProbe, MxProbeRequest, SmtpProbe, SmtpProbeRequest } from './sending-administration.ts'

export interface ProbeVerbs {
  mx(request: MxProbeRequest): Promise<Outcome<MxProbe>>
  smtp(request: SmtpProbeRequest): Promise<Outcome<readonly SmtpProbe[]>>
}

export function probeVerbs(needs: ProbeMxNeeds & ProbeSmtpNeeds): ProbeVerbs {
  return { mx: request => probeMx(needs, request), smtp: request => probeSmtp(needs, request) }
}
