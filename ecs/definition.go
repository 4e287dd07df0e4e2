package ecs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A Definition is a task definition as it is registered.
type Definition struct {
	TaskDefinition
	Status       string            // ACTIVE, INACTIVE or DELETE_IN_PROGRESS
	RegisteredAt time.Time         // when; zero if ECS does not say
	Tags         map[string]string // without those that AWS reserves for itself (aws:…)

	// Body is what RegisterTaskDefinition takes, as JSON in the API's own spelling, without tags. It is what ECS answered,
	// untouched but for the members that only an answer has, so that a copy loses nothing.
	Body json.RawMessage

	recorded bool // it comes from a snapshot, not from ECS
}

// outputOnly are the members of a described definition that RegisterTaskDefinition does not take (SDK: RegisterTaskDefinitionInput
// against types.TaskDefinition).
var outputOnly = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn",
}

// A DefinitionNotFoundError says that ECS does not know a task definition (any more).
type DefinitionNotFoundError struct{ TaskDefinition TaskDefinition }

func (e *DefinitionNotFoundError) Error() string {
	return fmt.Sprintf("no task definition %s", e.TaskDefinition)
}

// describeDefinition reads a task definition with its tags, whatever its status.
func (c *Client) describeDefinition(ctx context.Context, t TaskDefinition) (*Definition, error) {
	var raw []byte
	out, err := c.ecs.DescribeTaskDefinition(ctx, &awsecs.DescribeTaskDefinitionInput{
		TaskDefinition: aws.String(t.String()), Include: []ecstypes.TaskDefinitionField{ecstypes.TaskDefinitionFieldTags},
	}, keepBody(&raw))
	if err != nil {
		// ECS has no type of its own for this (Developer Guide; seen as "Unable to describe task definition.").
		var client *ecstypes.ClientException
		if errors.As(err, &client) && strings.Contains(client.ErrorMessage(), "Unable to describe task definition") {
			return nil, &DefinitionNotFoundError{t}
		}
		return nil, err
	}
	d := &Definition{
		TaskDefinition: t, Status: string(out.TaskDefinition.Status),
		RegisteredAt: aws.ToTime(out.TaskDefinition.RegisteredAt), Tags: map[string]string{},
	}
	for _, tag := range out.Tags {
		if !strings.HasPrefix(strings.ToLower(aws.ToString(tag.Key)), "aws:") {
			d.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	d.Body, err = registrable(raw)
	return d, err
}

// registrable cuts an answer of DescribeTaskDefinition or RegisterTaskDefinition down to what can be registered.
func registrable(answer []byte) (json.RawMessage, error) {
	var described struct {
		TaskDefinition map[string]json.RawMessage `json:"taskDefinition"`
	}
	if err := json.Unmarshal(answer, &described); err != nil {
		return nil, err
	}
	for _, name := range outputOnly {
		delete(described.TaskDefinition, name)
	}
	return json.Marshal(described.TaskDefinition)
}

// keepBody has the answer's raw body kept in body: the SDK's structs drop every member that they do not know.
func keepBody(body *[]byte) func(*awsecs.Options) {
	keep := middleware.DeserializeMiddlewareFunc("ecsundo.keepBody",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
			middleware.DeserializeOutput, middleware.Metadata, error,
		) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			response, ok := out.RawResponse.(*smithyhttp.Response)
			if err != nil || !ok {
				return out, metadata, err
			}
			*body, err = io.ReadAll(response.Body)
			response.Body = struct {
				io.Reader
				io.Closer
			}{bytes.NewReader(*body), response.Body}
			return out, metadata, err
		})
	return func(o *awsecs.Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			return s.Deserialize.Add(keep, middleware.After) // next to the transport, before the SDK reads the body
		})
	}
}

// input turns the body into what RegisterTaskDefinition takes. A member that this SDK does not know is an error: registered
// without it, the copy would be another definition.
func (d *Definition) input() (*awsecs.RegisterTaskDefinitionInput, error) {
	in := &awsecs.RegisterTaskDefinitionInput{}
	body, sharings := takeSharings(d.Body)
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields() // field names match without regard to case: containerDefinitions, ContainerDefinitions
	err := decoder.Decode(in)
	for _, s := range sharings {
		if err == nil {
			err = s.put(in)
		}
	}
	if err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return nil, fmt.Errorf("task definition %s has %s, which this ecsundo does not know and would lose; use a newer one", d, name)
		}
		return nil, fmt.Errorf("task definition %s: %w", d, err)
	}
	for _, key := range sortedKeys(d.Tags) {
		in.Tags = append(in.Tags, ecstypes.Tag{Key: aws.String(key), Value: aws.String(d.Tags[key])})
	}
	return in, nil // no tags stay nil: ECS refuses an empty list
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Document gives the definition as a snapshot keeps it: the body, with the tags beside the other members.
func (d *Definition) Document() (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(d.Body, &members); err != nil {
		return nil, err
	}
	type tag struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	tags := []tag{}
	for _, key := range sortedKeys(d.Tags) {
		tags = append(tags, tag{key, d.Tags[key]})
	}
	if len(tags) > 0 {
		text, err := json.Marshal(tags)
		if err != nil {
			return nil, err
		}
		members["tags"] = text
	}
	return json.Marshal(members)
}

// ParseDefinition reads what Document gives. What cannot be registered is refused: a member that is unknown, a family that is
// not t's.
func ParseDefinition(t TaskDefinition, document json.RawMessage) (*Definition, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil {
		return nil, err
	}
	var tags []struct{ Key, Value string }
	if text, ok := members["tags"]; ok {
		if err := json.Unmarshal(text, &tags); err != nil {
			return nil, fmt.Errorf("tags: %w", err)
		}
	}
	delete(members, "tags")
	for _, name := range outputOnly {
		delete(members, name)
	}
	d := &Definition{TaskDefinition: t, Tags: map[string]string{}}
	for _, tag := range tags {
		if !strings.HasPrefix(strings.ToLower(tag.Key), "aws:") {
			d.Tags[tag.Key] = tag.Value
		}
	}
	var err error
	if d.Body, err = json.Marshal(members); err != nil {
		return nil, err
	}
	in, err := d.input()
	if err != nil {
		return nil, err
	}
	if aws.ToString(in.Family) != t.Family {
		return nil, fmt.Errorf("the definition is of family %q, not %q", aws.ToString(in.Family), t.Family)
	}
	return d, nil
}
