package past

import (
	"slices"
	"time"
)

// A Setting is a member of a service revision that says how the service is configured beside its version (API reference,
// ServiceRevision).
type Setting struct {
	Name     string
	Settable bool // by UpdateService, for a rolling service of ECS's own controller
	Starts   bool // a change of it starts a deployment by itself (API reference, UpdateService)
	Shown    bool // its values may be shown: the others may hold log options, which may hold tokens
}

// Settings are all the settings of a service revision.
var Settings = []Setting{
	{Name: "capacityProviderStrategy", Settable: true, Shown: true},
	{Name: "gatewayConnectors", Settable: true},
	{Name: "launchType", Shown: true},
	{Name: "loadBalancers", Settable: true, Starts: true, Shown: true},
	{Name: "monitoring", Settable: true, Starts: true},
	{Name: "networkConfiguration", Settable: true, Starts: true, Shown: true},
	{Name: "overrides"},
	{Name: "platformVersion", Settable: true, Starts: true, Shown: true},
	{Name: "serviceConnectConfiguration", Settable: true, Starts: true},
	{Name: "serviceRegistries", Settable: true, Starts: true, Shown: true},
	{Name: "volumeConfigurations", Settable: true, Starts: true},
	{Name: "vpcLatticeConfigurations", Settable: true, Starts: true},
}

// NoSettings are the members of a service revision that identify it, make its version, or follow from other things: of the
// definition (platform family, ephemeral storage), the account (GuardDuty) or ECS (managed resources, what it resolved).
var NoSettings = []string{
	"clusterArn", "containerImages", "createdAt", "ecsManagedResources", "fargateEphemeralStorage", "guardDutyEnabled",
	"platformFamily", "resolvedConfiguration", "serviceArn", "serviceRevisionArn", "taskDefinition",
}

// SettingOf gives a setting by its name; the zero value if there is none.
func SettingOf(name string) Setting {
	i := slices.IndexFunc(Settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}
	}
	return Settings[i]
}

// SettingsTaken reports whether UpdateService takes settings of the service beside its definition.
func (s *Service) SettingsTaken() bool {
	return s.Controller == ControllerECS && s.Strategy == StrategyRolling
}

// ConfigChanges names what differs between the configurations of two service revisions, sorted; nil if either is not known.
func ConfigChanges(a, b *Revision) []string {
	if a == nil || b == nil || a.Config == nil || b.Config == nil {
		return nil
	}
	var changed []string
	for _, s := range Settings {
		if a.Config[s.Name] != b.Config[s.Name] {
			changed = append(changed, s.Name)
		}
	}
	return changed
}

// settableChanges are those of ConfigChanges that an update of the service can bring back.
func settableChanges(r *Reading, to, from *Revision) []string {
	if !r.Service.SettingsTaken() {
		return nil
	}
	return slices.DeleteFunc(ConfigChanges(to, from), func(name string) bool { return !SettingOf(name).Settable })
}

// leftOf names the settings that a return of the version left as they were: what differed between the version to which it went
// back and the one that it left, and is still as the latter had it.
func leftOf(r *Reading, before, left, now *ServiceDeployment) []string {
	if before == nil || left == nil || now == nil || left.Revision == nil || now.Revision == nil {
		return nil
	}
	return slices.DeleteFunc(settableChanges(r, before.Revision, left.Revision), func(name string) bool {
		return now.Revision.Config[name] != left.Revision.Config[name]
	})
}

// bringConfiguration has the settings of an earlier deployment of the same version brought back.
func bringConfiguration(now Visit, earlier *ServiceDeployment, names []string) Decision {
	to := now
	to.Deployment, to.Since = earlier, earlier.CreatedAt
	from := now
	if newest := now.newestInRow(); newest != nil {
		from.Deployment = newest
	}
	return Decision{Action: Undo, From: from, To: to, Configuration: true,
		Reason: Reason{Code: ConfigurationBack, Facts: Facts{From: name(now.Version), At: earlier.CreatedAt, Names: names}}}
}

// newestInRow gives the newest deployment of the visit's version; nil if none is known.
func (v *Visit) newestInRow() *ServiceDeployment {
	if len(v.row) == 0 {
		return v.Deployment
	}
	return v.row[len(v.row)-1]
}

// rowBefore gives the newest deployment of the visit's version from before a moment.
func (v *Visit) rowBefore(t time.Time) *ServiceDeployment {
	for i := len(v.row) - 1; i >= 0; i-- {
		if v.row[i].CreatedAt.Before(t) && v.row[i].Successful() {
			return v.row[i]
		}
	}
	return nil
}

// rowConfigured gives the first deployment of the visit's version whose configuration is known.
func (v *Visit) rowConfigured(other *ServiceDeployment) *ServiceDeployment {
	for _, d := range v.row {
		if d.Successful() && d.Revision != nil && d.Revision.Config != nil && d != other {
			return d
		}
	}
	return nil
}

// lastSince tells since when the version runs as the return that it is.
func (v *Visit) lastSince() time.Time {
	for _, d := range v.row {
		if v.left != nil && d.CreatedAt.After(v.left.Since) {
			return d.CreatedAt
		}
	}
	return v.Since
}

// onlyConfiguration decides about a service whose newest deployment brought the same version with another configuration. Going
// one version back would leave the configuration, and take away code that nobody complained about.
func onlyConfiguration(r *Reading, s *stack, how Options) (Decision, bool) {
	top := s.top()
	row := slices.DeleteFunc(slices.Clone(top.row), func(d *ServiceDeployment) bool {
		return d.Revision == nil || !d.Successful() && !d.RollingOut()
	})
	if len(row) < 2 {
		return Decision{}, false
	}
	newest := row[len(row)-1]
	var before *ServiceDeployment
	var changed []string
	at := len(row) - 2
	for ; at >= 0 && before == nil; at-- {
		if changed = ConfigChanges(row[at].Revision, newest.Revision); len(changed) > 0 {
			before = row[at]
		}
	}
	if before == nil {
		return Decision{}, false
	}
	facts := Facts{From: name(top.Version), At: newest.CreatedAt, Names: changed}
	if to, ok := s.below(1); ok {
		facts.To = to.Version.Original().String()
	}
	settable := settableChanges(r, before.Revision, newest.Revision)
	for ; at >= 0 && len(settable) > 0; at-- {
		if row[at].Revision.Config != nil && len(settableChanges(r, row[at].Revision, newest.Revision)) == 0 {
			return r.staying(*top, Reason{Code: ConfigurationTakenBack, Facts: facts}), true
		}
	}
	if !how.Whole || len(settable) == 0 {
		d := blocked(*top, Reason{Code: OnlyConfiguration, Facts: facts})
		if how.Whole {
			d.Reason.Code = OnlyConfigurationFixed
		}
		if to, ok := s.below(1); ok {
			d.To = *to
		}
		return d, true
	}
	if newest.RollingOut() && !r.Service.SettingsTaken() {
		return blocked(*top, Reason{Code: TrafficShifting, Facts: Facts{Status: r.Service.Strategy}}), true
	}
	return bringConfiguration(*top, before, settable), true
}

// configurationLeft reports whether the configuration of an earlier deployment of the version that runs has been left since by
// one that brought an even earlier one back.
func (s *stack) configurationLeft(r *Reading, now *Visit, live *ServiceDeployment) bool {
	for _, d := range now.row {
		if d.CreatedAt.Before(live.CreatedAt) && len(settableChanges(r, d.Revision, now.newestInRow().Revision)) == 0 && d.Revision != nil {
			return true
		}
	}
	return false
}

// neverRan reports whether the deployment that brought the version never started a task: it was made with a desired count of 0,
// and ECS has resolved no image for it since.
func (v Visit) neverRan() bool {
	return v.Deployment != nil && v.Deployment.Counted && v.Deployment.Requested == 0 && !v.resolved()
}

// unsure reports whether it is not known whether the version ever ran: ECS recorded its images, and no digest.
func (v Visit) unsure() bool {
	return v.Deployment != nil && !v.Deployment.Counted && v.Deployment.ARN != "" && len(v.Version.Images) > 0 && !v.resolved()
}

// resolved reports whether ECS has resolved an image of the version, as it does when the first task starts. A reference with a
// digest needs no resolving, and tells nothing.
func (v Visit) resolved() bool {
	return slices.ContainsFunc(v.Version.Images, func(i Image) bool { return i.Digest != "" && ParseReference(i.Reference).Digest == "" })
}
