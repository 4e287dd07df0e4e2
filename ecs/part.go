package ecs

// NotAsked is the state of a step that was held back, since one that came before it did not become steady.
const NotAsked State = "notAsked"

// Part gives a plan of some of p's steps, to be applied by itself. Copies that an earlier part has registered serve its
// steps too.
func (p *Plan) Part(steps []*Step) *Plan {
	for _, s := range steps {
		if s.register == nil || !s.Copy.IsZero() {
			continue
		}
		for _, other := range p.Steps {
			if other.register != nil && !other.Copy.IsZero() && other.register.Family == s.register.Family && other.register.hash() == s.register.hash() {
				s.copied(other.Copy, other.Registers)
				break
			}
		}
	}
	return &Plan{Cluster: p.Cluster, ObservedAt: p.ObservedAt, Steps: steps}
}
