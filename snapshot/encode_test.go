package snapshot

import (
	"bytes"
	"testing"
	"time"
)

var exampleTime = time.Date(2026, 11, 22, 10, 15, 0, 0, time.UTC)

const exampleText = `# ecsundo snapshot; may be edited by hand
version: 1
cluster: prod
region: eu-west-1
account: "123456789012"
takenAt: 2026-11-22T10:15:00Z
takenBy: arn:aws:sts::123456789012:assumed-role/ci/run-77
services:
  api:
    taskDefinition: api:41
    rollingTo: api:42
    images:
      app: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:9f2c1aa@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    definition:
      containerDefinitions:
        - command: []
          environment:
            - name: GREETING
              value: "two\nlines"
          memory: 512
          name: app
          privileged: false
      family: api
      tags: []
  web: web:17
schedules:
  rule/nightly: job:3
  "rule/pair#2":
    taskDefinition: job:2
    definition:
      family: job
  schedule/jobs/report: job
...
`

// example gives the snapshot of exampleText.
func example() *Snapshot {
	return &Snapshot{
		Cluster: "prod", Region: "eu-west-1", Account: "123456789012", TakenAt: exampleTime,
		TakenBy: "arn:aws:sts::123456789012:assumed-role/ci/run-77",
		Services: map[string]Service{
			"web": {TaskDefinition: "web:17"},
			"api": {
				TaskDefinition: "api:41",
				RollingTo:      "api:42",
				Images: map[string]string{"app": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:9f2c1aa" +
					"@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
				Definition: []byte(`{"containerDefinitions":[{"command":[],"environment":[{"name":"GREETING","value":"two\nlines"}],` +
					`"memory":512,"name":"app","privileged":false}],"family":"api","tags":[]}`),
			},
		},
		Schedules: map[string]Service{
			"rule/nightly": {TaskDefinition: "job:3"}, "schedule/jobs/report": {TaskDefinition: "job"},
			"rule/pair#2": {TaskDefinition: "job:2", Definition: []byte(`{"family":"job"}`)},
		},
	}
}

func TestEncode(t *testing.T) {
	var b bytes.Buffer
	if err := Encode(&b, example()); err != nil {
		t.Fatal(err)
	}
	if b.String() != exampleText {
		t.Errorf("got\n%s\nwant\n%s", b.String(), exampleText)
	}
}
