package awsclient

import (
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// A Client calls AWS in one region, with the credentials of one ProviderConfig.
// It is shared by the managed resources that use them, and safe for concurrent
// use.
type Client struct {
	// Region that is called.
	Region string

	// Identity of the credentials. Two clients with the same identity have the
	// same credentials, from the same state of the same ProviderConfig, and so
	// see the same things in a region. It changes when the spec of the
	// ProviderConfig, or a Secret that it selects, does. It holds no secret, and
	// says nothing to people.
	Identity string

	// Config of the AWS SDK. It does not know of the ProviderConfig's endpoint,
	// as the methods for the services do.
	Config aws.Config

	session *session

	backup     func() *backup.Client
	cloudwatch func() *cloudwatch.Client
	dynamodb   func() *dynamodb.Client
	ec2        func() *ec2.Client
	rds        func() *rds.Client
}

// Backup returns the client of AWS Backup.
func (c *Client) Backup() *backup.Client { return c.backup() }

// CloudWatch returns the client of Amazon CloudWatch.
func (c *Client) CloudWatch() *cloudwatch.Client { return c.cloudwatch() }

// DynamoDB returns the client of Amazon DynamoDB.
func (c *Client) DynamoDB() *dynamodb.Client { return c.dynamodb() }

// EC2 returns the client of Amazon EC2.
func (c *Client) EC2() *ec2.Client { return c.ec2() }

// RDS returns the client of Amazon RDS.
func (c *Client) RDS() *rds.Client { return c.rds() }

// newClient returns a Client whose clients are made when they are first needed,
// and then kept: each remembers how much AWS throttles it.
func newClient(cfg aws.Config, identity string, ec *v1alpha1.EndpointConfig) *Client {
	at := func(s service) endpoint { return endpointOf(ec, s, cfg.Region) }

	return &Client{
		Region:   cfg.Region,
		Identity: identity,
		Config:   cfg,
		backup: sync.OnceValue(func() *backup.Client {
			return backup.NewFromConfig(cfg, func(o *backup.Options) { at(serviceBackup).set(&o.BaseEndpoint, &o.APIOptions) })
		}),
		cloudwatch: sync.OnceValue(func() *cloudwatch.Client {
			return cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) { at(serviceCloudWatch).set(&o.BaseEndpoint, &o.APIOptions) })
		}),
		dynamodb: sync.OnceValue(func() *dynamodb.Client {
			return dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) { at(serviceDynamoDB).set(&o.BaseEndpoint, &o.APIOptions) })
		}),
		ec2: sync.OnceValue(func() *ec2.Client {
			return ec2.NewFromConfig(cfg, func(o *ec2.Options) { at(serviceEC2).set(&o.BaseEndpoint, &o.APIOptions) })
		}),
		rds: sync.OnceValue(func() *rds.Client {
			return rds.NewFromConfig(cfg, func(o *rds.Options) { at(serviceRDS).set(&o.BaseEndpoint, &o.APIOptions) })
		}),
	}
}
