package ecs

import (
	"github.com/ecsundo/ecsundo/ecs/past"
)

// wholly gives what of the rest of the target's service revision is to be brought back, and says what that changes and what it
// cannot.
func (p *planning) wholly(s *past.Service, from, to *past.Revision, changed []string, step *Step) (whole []string) {
	var left []string
	for _, name := range changed {
		switch setting := past.SettingOf(name); {
		case !setting.Settable || !s.SettingsTaken():
			left = append(left, name)
		case setting.Shown:
			whole = append(whole, name)
			p.tell(step, past.Reason{Code: past.SettingBack, Facts: past.Facts{Name: name, From: from.Config[name], To: to.Config[name]}})
		default:
			whole = append(whole, name)
			p.tell(step, past.Reason{Code: past.SettingBackHidden, Facts: past.Facts{Name: name}})
		}
	}
	if len(left) > 0 {
		code := past.SettingsNotSettable
		if !s.SettingsTaken() {
			code = past.SettingsNotTaken
		}
		p.tell(step, past.Reason{Code: code, Facts: past.Facts{Names: left, Status: s.Strategy}})
	}
	return whole
}
