package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A definitionNotFoundError says that ECS does not know a task definition (any more).
type definitionNotFoundError struct{ TaskDefinition past.TaskDefinition }

func (e *definitionNotFoundError) Error() string {
	return fmt.Sprintf("no task definition %s", e.TaskDefinition)
}

// DescribeDefinition reads a task definition with its tags, whatever its status.
func (c *Client) DescribeDefinition(ctx context.Context, t past.TaskDefinition) (*past.Definition, error) {
	var raw []byte
	out, err := c.ecs.DescribeTaskDefinition(ctx, &awsecs.DescribeTaskDefinitionInput{
		TaskDefinition: awssdk.String(t.String()), Include: []ecstypes.TaskDefinitionField{ecstypes.TaskDefinitionFieldTags},
	}, keepBody(&raw))
	if err != nil {
		if undescribed(err) {
			return nil, &definitionNotFoundError{t}
		}
		return nil, err
	}
	if out.TaskDefinition == nil {
		return nil, &OddAnswerError{"DescribeTaskDefinition", "taskDefinition"}
	}
	d := &past.Definition{
		TaskDefinition: t, Status: string(out.TaskDefinition.Status),
		RegisteredAt: awssdk.ToTime(out.TaskDefinition.RegisteredAt), Tags: map[string]string{},
	}
	for _, tag := range out.Tags {
		if !strings.HasPrefix(strings.ToLower(awssdk.ToString(tag.Key)), "aws:") {
			d.Tags[awssdk.ToString(tag.Key)] = awssdk.ToString(tag.Value)
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
	for _, name := range past.OutputOnly {
		delete(described.TaskDefinition, name)
	}
	return json.Marshal(described.TaskDefinition)
}

// keepBody has the answer's raw body kept in body: the SDK's structs drop every member that they do not know.
func keepBody(body *[]byte) func(*awsecs.Options) {
	return func(o *awsecs.Options) { o.APIOptions = append(o.APIOptions, keepingBody(body)) }
}

// keepingBody is keepBody for the calls of any service.
func keepingBody(body *[]byte) func(*middleware.Stack) error {
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
	return func(s *middleware.Stack) error {
		return s.Deserialize.Add(keep, middleware.After) // next to the transport, before the SDK reads the body
	}
}

// RegisterInput turns the body into what RegisterTaskDefinition takes. A member that this SDK does not know is an error: registered
// without it, the copy would be another definition.
func RegisterInput(d *past.Definition) (*awsecs.RegisterTaskDefinitionInput, error) {
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
	for _, key := range slices.Sorted(maps.Keys(d.Tags)) {
		in.Tags = append(in.Tags, ecstypes.Tag{Key: awssdk.String(key), Value: awssdk.String(d.Tags[key])})
	}
	return in, nil // no tags stay nil: ECS refuses an empty list
}

// ParseDefinition reads what Document gives. What cannot be registered is refused: a member that is unknown, a family that is
// not t's.
func ParseDefinition(t past.TaskDefinition, document json.RawMessage) (*past.Definition, error) {
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
	for _, name := range past.OutputOnly {
		delete(members, name)
	}
	d := &past.Definition{TaskDefinition: t, Tags: map[string]string{}}
	for _, tag := range tags {
		if !strings.HasPrefix(strings.ToLower(tag.Key), "aws:") {
			d.Tags[tag.Key] = tag.Value
		}
	}
	var err error
	if d.Body, err = json.Marshal(members); err != nil {
		return nil, err
	}
	in, err := RegisterInput(d)
	if err != nil {
		return nil, err
	}
	if awssdk.ToString(in.Family) != t.Family {
		return nil, fmt.Errorf("the definition is of family %q, not %q", awssdk.ToString(in.Family), t.Family)
	}
	return d, nil
}

// DefinitionsAround lists the revisions of t's family of one status: those over it, oldest first, and those under it, newest first
// (the first page that has any).
func (c *Client) DefinitionsAround(ctx context.Context, t past.TaskDefinition, status string) (above, below []past.TaskDefinition, err error) {
	pages := awsecs.NewListTaskDefinitionsPaginator(c.ecs, &awsecs.ListTaskDefinitionsInput{
		FamilyPrefix: &t.Family, Status: ecstypes.TaskDefinitionStatus(status), Sort: ecstypes.SortOrderDesc, MaxResults: awssdk.Int32(100),
	})
	turn := turning{operation: "ListTaskDefinitions"}
	for pages.HasMorePages() && len(below) == 0 {
		page, err := pages.NextPage(ctx)
		if err == nil {
			err = turn.next(page.NextToken)
		}
		if err != nil {
			return nil, nil, err
		}
		for _, arn := range page.TaskDefinitionArns {
			found, err := past.ParseTaskDefinition(arn)
			switch {
			case err != nil:
				return nil, nil, err
			case found.Family != t.Family:
			case found.Revision > t.Revision:
				above = append([]past.TaskDefinition{found}, above...)
			case found.Revision < t.Revision:
				below = append(below, found)
			}
		}
	}
	return above, below, nil
}
