package aws

import (
	"context"
	"io"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// plainBody hides WriteTo of a request's body. The SDK closes a body as soon as its answer begins; net/http may then still be
// about to look whether more of it comes, and a closed body with WriteTo (smithy-go 1.28.9) answers that with an error where one
// with Read says that it has ended. On a busy machine, that closes the connection under the answer.
func plainBody(stack *middleware.Stack) error {
	return stack.Build.Add(middleware.BuildMiddlewareFunc("ecsundo.body",
		func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (
			middleware.BuildOutput, middleware.Metadata, error,
		) {
			if req, ok := in.Request.(*smithyhttp.Request); ok && req.IsStreamSeekable() {
				if stream, ok := req.GetStream().(io.ReadSeeker); ok {
					plain, err := req.SetStream(struct{ io.ReadSeeker }{stream})
					if err != nil {
						return middleware.BuildOutput{}, middleware.Metadata{}, err
					}
					in.Request = plain
				}
			}
			return next.HandleBuild(ctx, in)
		}), middleware.After)
}
